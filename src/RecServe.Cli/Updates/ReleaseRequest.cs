using System.Buffers;
using System.Text.Json;
using RecServe.FeatureStore;
using RecServe.Stream;

namespace RecServe.Cli.Updates;

/// <summary>What lets a refused message in: a request to a server.</summary>
/// <param name="Path">Where to.</param>
/// <param name="Body">JSON.</param>
internal sealed record ReleaseRequest(string Path, byte[] Body)
{
    /// <summary>Makes the request. What a message is, its bytes tell: a message of rows names a lineage and a table, one of features an entity.</summary>
    /// <param name="message">From the quarantine.</param>
    /// <param name="by">Who lets it in.</param>
    /// <param name="why">Why it cannot be let in, where the answer is null.</param>
    public static ReleaseRequest? Of(QuarantinedMessage message, string by, out string why)
    {
        var limits = new UpdateLimits();
        if (message.Reason is RefusalReason.BadDefinition or RefusalReason.UnknownModel)
        {
            why = "it is a definition of an experiment; correct it and send it again";
            return null;
        }

        if (FeatureMessageCodec.Decode(message.Value.Span, limits, out FeatureMessage? features) is null)
        {
            why = "";
            return new ReleaseRequest("/v1/features:batch", Json(by, json =>
            {
                json.WriteStartObject();
                FeatureRowJson.Write(json, features!.Row);
                json.WriteEndObject();
            }));
        }

        if (IsFeatureJson(message.Value))
        {
            why = "";
            return new ReleaseRequest("/v1/features:batch", Json(by, json => json.WriteRawValue(message.Value.Span)));
        }

        return QuarantineRelease.Of(message, limits, by, out why) is { } update ? new ReleaseRequest("/v1/rows:apply", RowUpdateJson.Encode(update)) : null;
    }

    private static bool IsFeatureJson(ReadOnlyMemory<byte> value)
    {
        if (value.IsEmpty || value.Span[0] != (byte)'{')
            return false;
        try
        {
            using JsonDocument document = JsonDocument.Parse(value, new JsonDocumentOptions { MaxDepth = 8 });
            return document.RootElement.TryGetProperty("entity"u8, out _);
        }
        catch (JsonException)
        {
            return false; // the rows' reader says what is wrong with it
        }
    }

    private static byte[] Json(string by, Action<Utf8JsonWriter> writeRow)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("released_by"u8, by);
            json.WriteStartArray("rows"u8);
            writeRow(json);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
