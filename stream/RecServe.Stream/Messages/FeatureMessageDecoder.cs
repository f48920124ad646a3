using System.Text.Json;
using RecServe.FeatureStore;

namespace RecServe.Stream;

/// <summary>Reads a message of features in either of its forms: one that begins with <c>{</c> is JSON, which no protobuf of this schema does.</summary>
public static class FeatureMessageDecoder
{
    private const int Depth = 5;

    /// <summary>Reads a message, and checks what it holds against the models that are served. Any bytes give a row or a reason.</summary>
    /// <param name="value">The bytes.</param>
    /// <param name="limits">What it may be at most.</param>
    /// <param name="schema">What may be stored.</param>
    /// <param name="message">What it says, where there is no refusal.</param>
    public static Refusal? Decode(ReadOnlyMemory<byte> value, UpdateLimits limits, FeatureSchema schema, out FeatureMessage? message)
    {
        message = null;
        if (value.Length > limits.MessageBytes)
            return new Refusal(RefusalReason.TooLarge, $"the message has {value.Length:N0} bytes, the limit is {limits.MessageBytes:N0}");
        if (value.Length > 0 && value.Span[0] == (byte)'{')
            return FromJson(value, schema, out message);
        Refusal? refusal = FeatureMessageCodec.Decode(value.Span, limits, out FeatureMessage? read) ?? (schema.Check(read!.Row) is { } fault ? FeatureMessageCodec.Of(fault) : null);
        message = refusal is null ? read : null;
        return refusal;
    }

    private static Refusal? FromJson(ReadOnlyMemory<byte> json, FeatureSchema schema, out FeatureMessage? message)
    {
        message = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = Depth, AllowDuplicateProperties = false });
            if (FeatureRowJson.Read(document.RootElement, new FeatureRowDefaults(), schema, out FeatureRow? row) is { } fault)
                return FeatureMessageCodec.Of(fault);
            message = new FeatureMessage(row!);
            return null;
        }
        catch (JsonException failure)
        {
            return new Refusal(RefusalReason.Malformed, failure.LineNumber is { } line
                ? $"the text is not valid JSON of at most {Depth} levels: reading stopped at line {line + 1}, byte {failure.BytePositionInLine + 1}"
                : "a member stands twice in one object");
        }
    }
}
