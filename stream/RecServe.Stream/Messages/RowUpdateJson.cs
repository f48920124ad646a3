using System.Buffers;
using System.Globalization;
using System.Text.Json;
using RecServe.Embeddings;
using RecServe.Features;
using RecServe.Kernels;

namespace RecServe.Stream;

/// <summary>
/// The JSON form of a message of row updates, for the REST twin and for files that people write:
/// <c>{"lineage","table","producer","event_time","precision","rows":[{"key"|"id","version","values"|"encoded"|"deleted"}]}</c>. Any bytes give a message or a reason.
/// </summary>
public static class RowUpdateJson
{
    private const int Depth = 4;

    /// <summary>Reads a message. Unlike in protobuf, where rows are refused one by one, a row that says nothing or two things refuses the message: its writer is at hand.</summary>
    /// <param name="json">One JSON object.</param>
    /// <param name="limits">What it may be at most; <see cref="UpdateLimits.MessageBytes"/> is the caller's to check.</param>
    /// <param name="update">The message, where there is no refusal.</param>
    /// <returns>Null, or what is wrong, with the member's path.</returns>
    public static Refusal? Decode(ReadOnlyMemory<byte> json, UpdateLimits limits, out RowUpdate? update)
    {
        update = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = Depth, AllowDuplicateProperties = false });
            update = Read(document.RootElement, limits);
            return null;
        }
        catch (JsonException failure)
        {
            return new Refusal(RefusalReason.Malformed, failure.LineNumber is { } line
                ? $"the text is not valid JSON of at most {Depth} levels: reading stopped at line {line + 1}, byte {failure.BytePositionInLine + 1}"
                : "a member stands twice in one object");
        }
        catch (InvalidOperationException)
        {
            return new Refusal(RefusalReason.Malformed, "the text holds an escaped half of a surrogate pair, which is no text");
        }
        catch (MemberException failure)
        {
            return new Refusal(failure.Reason, failure.Message);
        }
    }

    /// <summary>Writes a message as one line.</summary>
    public static byte[] Encode(RowUpdate update)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("lineage"u8, update.Lineage);
        json.WriteString("table"u8, update.Table);
        json.WriteString("producer"u8, update.Producer);
        json.WriteNumber("event_time"u8, update.EventTime);
        if (update.ReleasedBy.Length > 0)
            json.WriteString("released_by"u8, update.ReleasedBy);
        if (update.Rows.FirstOrDefault(row => !row.Encoded.IsEmpty) is { Encoded.IsEmpty: false } encoded)
            json.WriteString("precision"u8, RowPrecisionNames.Of(encoded.Precision));
        json.WriteStartArray("rows"u8);
        foreach (RowDelta row in update.Rows)
            Write(json, row);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, in RowDelta row)
    {
        json.WriteStartObject();
        json.WriteString("key"u8, row.Key.ToString(CultureInfo.InvariantCulture));
        json.WriteString("version"u8, row.Version.ToString(CultureInfo.InvariantCulture));
        if (row.IsDeletion)
        {
            json.WriteBoolean("deleted"u8, true);
        }
        else if (!row.Encoded.IsEmpty)
        {
            json.WriteBase64String("encoded"u8, row.Encoded.Span);
        }
        else
        {
            json.WriteStartArray("values"u8);
            foreach (float value in row.Values.Span)
                json.WriteNumberValue(value);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static RowUpdate Read(JsonElement root, UpdateLimits limits)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new MemberException(RefusalReason.Malformed, "the text must be a JSON object with the member rows");
        string lineage = Name(root, "lineage", limits), table = Name(root, "table", limits), producer = Name(root, "producer", limits);
        RowPrecision? precision = null;
        if (root.TryGetProperty("precision", out JsonElement named))
        {
            int at = named.ValueKind == JsonValueKind.String ? RowPrecisionNames.All.ToList().IndexOf(named.GetString()!) : -1;
            precision = at >= 0 ? (RowPrecision)at : throw new MemberException(RefusalReason.BadPrecision, $"precision must be one of {string.Join(", ", RowPrecisionNames.All)}");
        }

        if (!root.TryGetProperty("rows", out JsonElement list) || list.ValueKind != JsonValueKind.Array)
            throw new MemberException(RefusalReason.Malformed, "rows must be an array of objects");
        int count = list.GetArrayLength();
        if (count == 0 || count > limits.Rows)
            throw new MemberException(RefusalReason.RowCount, $"rows holds {count:N0} rows, it must be 1 to {limits.Rows:N0}");
        var rows = new RowDelta[count];
        int index = 0;
        foreach (JsonElement row in list.EnumerateArray())
            rows[index] = Row(row, $"rows[{index++}]", precision);
        return new RowUpdate(lineage, table, producer, Time(root), rows, []) { ReleasedBy = root.TryGetProperty("released_by", out _) ? Name(root, "released_by", limits) : "" };
    }

    private static RowDelta Row(JsonElement row, string path, RowPrecision? precision)
    {
        if (row.ValueKind != JsonValueKind.Object)
            throw new MemberException(RefusalReason.Malformed, $"{path} must be an object");
        ulong key = Key(row, path);
        if (!row.TryGetProperty("version", out JsonElement number) || !JsonScalars.TryWhole(number, out ulong version) || version == 0)
            throw new MemberException(RefusalReason.BadVersion, $"{path}.version must be a whole number of 1 or more");
        bool hasValues = row.TryGetProperty("values", out JsonElement values), hasBytes = row.TryGetProperty("encoded", out JsonElement encoded);
        bool deleted = row.TryGetProperty("deleted", out JsonElement flag) && flag.ValueKind == JsonValueKind.True;
        if ((hasValues ? 1 : 0) + (hasBytes ? 1 : 0) + (deleted ? 1 : 0) != 1)
            throw new MemberException(RefusalReason.BadRow, $"{path} must have exactly one of values, encoded and deleted: true");
        if (deleted)
            return RowDelta.Deletion(key, version);
        if (hasValues)
            return RowDelta.Of(key, version, Numbers(values, path));
        if (precision is not { } known)
            throw new MemberException(RefusalReason.BadPrecision, $"{path}.encoded needs the message's member precision");
        return encoded.ValueKind == JsonValueKind.String && encoded.TryGetBytesFromBase64(out byte[]? bytes) && bytes.Length > 0
            ? RowDelta.OfEncoded(key, version, known, bytes)
            : throw new MemberException(RefusalReason.BadRow, $"{path}.encoded must be Base64 of at least one byte");
    }

    private static ulong Key(JsonElement row, string path)
    {
        bool hasKey = row.TryGetProperty("key", out JsonElement key), hasId = row.TryGetProperty("id", out JsonElement id);
        if (hasKey == hasId)
            throw new MemberException(RefusalReason.BadRow, $"{path} must have one of key and id");
        if (hasId)
        {
            return id.ValueKind == JsonValueKind.String && id.GetString() is { Length: > 0 } text
                ? RowKey.Of(text)
                : throw new MemberException(RefusalReason.BadRow, $"{path}.id must be a text");
        }

        return JsonScalars.TryWhole(key, out ulong number) ? number : throw new MemberException(RefusalReason.BadRow, $"{path}.key must be a whole number below 2^64, as a number or a text");
    }

    private static float[] Numbers(JsonElement values, string path)
    {
        if (values.ValueKind != JsonValueKind.Array || values.GetArrayLength() is var count && count is 0 or > RowCodec.MaxDim)
            throw new MemberException(RefusalReason.BadRow, $"{path}.values must be an array of 1 to {RowCodec.MaxDim} numbers");
        float[] numbers = new float[values.GetArrayLength()];
        int index = 0;
        foreach (JsonElement value in values.EnumerateArray())
        {
            // A number beyond 32-bit floats is read as infinite, and refused as such by the table.
            if (value.ValueKind != JsonValueKind.Number || !value.TryGetSingle(out numbers[index]))
                throw new MemberException(RefusalReason.BadRow, $"{path}.values[{index}] must be a number");
            index++;
        }

        return numbers;
    }

    private static string Name(JsonElement root, string member, UpdateLimits limits)
    {
        if (!root.TryGetProperty(member, out JsonElement name))
            throw new MemberException(RefusalReason.BadName, $"{member} is missing");
        return name.ValueKind == JsonValueKind.String && name.GetString() is { } text && RowUpdateCodec.IsName(text, limits.NameBytes)
            ? text
            : throw new MemberException(RefusalReason.BadName, $"{member} must be a text of 1 to {limits.NameBytes} bytes without control characters");
    }

    private static long Time(JsonElement root)
    {
        if (!root.TryGetProperty("event_time", out JsonElement time) || time.ValueKind == JsonValueKind.Null)
            return 0;
        return JsonScalars.TryTime(time, out long unix)
            ? unix
            : throw new MemberException(RefusalReason.BadTime, "event_time must be an RFC 3339 text or Unix milliseconds");
    }

    private sealed class MemberException(RefusalReason reason, string message) : Exception(message)
    {
        public RefusalReason Reason { get; } = reason;
    }
}
