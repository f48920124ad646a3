using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Google.Protobuf;
using RecServe.Features;
using RecServe.Kernels;
using RecServe.Stream.Protos;
using Delta = RecServe.Embeddings.RowDelta;

namespace RecServe.Stream;

/// <summary>
/// Messages of the topic recserve.rows as bytes and back. Decoding is pure and total: any bytes give a message or a reason, nothing is thrown, and no more memory is
/// taken than a small multiple of the bytes.
/// </summary>
public static class RowUpdateCodec
{
    /// <summary>Reads a message.</summary>
    /// <param name="bytes">The value of a Kafka message; not kept.</param>
    /// <param name="limits">What it may be at most.</param>
    /// <param name="update">The message, where there is no refusal.</param>
    /// <returns>Null, or why there is no message.</returns>
    public static Refusal? Decode(ReadOnlySpan<byte> bytes, UpdateLimits limits, out RowUpdate? update)
    {
        update = null;
        if (MessageParsing.Parse(RowDeltas.Parser, bytes, limits, out RowDeltas message) is { } damage)
            return damage;

        if (Check(message, limits) is { } refusal)
            return refusal;
        RowPrecision? precision = PrecisionOf(message.Precision);
        var rows = new Delta[message.Rows.Count];
        List<RefusedDelta>? refused = null;
        for (int i = 0; i < rows.Length; i++)
        {
            RefusalReason reason = Read(message.Rows[i], precision, out rows[i]);
            if (reason != RefusalReason.None)
                (refused ??= []).Add(new RefusedDelta(i, reason));
        }

        update = new RowUpdate(message.Lineage, message.Table, message.Producer, message.EventTimeMs, rows, refused ?? (IReadOnlyList<RefusedDelta>)[])
        {
            ReleasedBy = message.ReleasedBy,
        };
        return null;
    }

    /// <summary>Key of a message: the table and its first row.</summary>
    public static byte[] KeyOf(RowUpdate update) => Encoding.UTF8.GetBytes($"{update.Table}/{update.Rows[0].Key}");

    /// <summary>Writes a message. Rows of a message that are given as bytes share one precision.</summary>
    /// <exception cref="ArgumentException">They do not.</exception>
    public static byte[] Encode(RowUpdate update)
    {
        var message = new RowDeltas { Lineage = update.Lineage, Table = update.Table, Producer = update.Producer, EventTimeMs = update.EventTime, ReleasedBy = update.ReleasedBy };
        foreach (Delta row in update.Rows)
        {
            var delta = new RowDelta { Key = row.Key, Version = row.Version, Deleted = row.IsDeletion };
            if (!row.Encoded.IsEmpty)
            {
                Precision precision = (Precision)(row.Precision + 1);
                if (message.Precision != Precision.Unspecified && message.Precision != precision)
                    throw new ArgumentException($"rows in {message.Precision} and {precision} do not go into one message", nameof(update));
                message.Precision = precision;
                delta.Encoded = ByteString.CopyFrom(row.Encoded.Span);
            }

            delta.Values.AddRange(MemoryMarshal.ToEnumerable(row.Values));
            message.Rows.Add(delta);
        }

        return message.ToByteArray();
    }

    /// <summary>Whether a name can stand in messages, logs and metrics: not empty, within the limit, well-formed and without control characters.</summary>
    public static bool IsName(string name, int limit)
    {
        if (name.Length == 0 || name.Length > limit || Encoding.UTF8.GetByteCount(name) > limit)
            return false;
        for (ReadOnlySpan<char> left = name; !left.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(left, out Rune rune, out int used) != OperationStatus.Done || Rune.IsControl(rune) || rune == Rune.ReplacementChar)
                return false;
            left = left[used..];
        }

        return true;
    }

    private static Refusal? Check(RowDeltas message, UpdateLimits limits)
    {
        foreach ((string member, string name) in (ReadOnlySpan<(string, string)>)[("lineage", message.Lineage), ("table", message.Table), ("producer", message.Producer)])
        {
            if (!IsName(name, limits.NameBytes))
            {
                return new Refusal(RefusalReason.BadName,
                    name.Length == 0 ? $"{member} is missing" : $"{member} is longer than {limits.NameBytes} bytes, the limit, or no text without control characters");
            }
        }

        if (message.ReleasedBy.Length > 0 && !IsName(message.ReleasedBy, limits.NameBytes))
            return new Refusal(RefusalReason.BadName, $"released_by is longer than {limits.NameBytes} bytes, the limit, or no text without control characters");
        if (message.EventTimeMs is < 0 or > JsonScalars.LastTime)
            return new Refusal(RefusalReason.BadTime, $"event_time_ms is {message.EventTimeMs}, it must be 0 to {JsonScalars.LastTime}");
        if (message.Rows.Count == 0 || message.Rows.Count > limits.Rows)
            return new Refusal(RefusalReason.RowCount, $"the message holds {message.Rows.Count:N0} rows, it must be 1 to {limits.Rows:N0}");
        return null;
    }

    private static RefusalReason Read(RowDelta row, RowPrecision? precision, out Delta delta)
    {
        delta = default;
        if ((row.Encoded.Length > 0 ? 1 : 0) + (row.Values.Count > 0 ? 1 : 0) + (row.Deleted ? 1 : 0) != 1)
            return RefusalReason.BadRow;
        if (row.Version == 0)
            return RefusalReason.BadVersion;
        if (row.Deleted)
        {
            delta = Delta.Deletion(row.Key, row.Version);
        }
        else if (row.Values.Count > 0)
        {
            float[] values = new float[row.Values.Count];
            row.Values.CopyTo(values, 0);
            delta = Delta.Of(row.Key, row.Version, values);
        }
        else if (precision is { } known)
        {
            delta = Delta.OfEncoded(row.Key, row.Version, known, row.Encoded.Memory);
        }
        else
        {
            return RefusalReason.BadPrecision;
        }

        return RefusalReason.None;
    }

    private static RowPrecision? PrecisionOf(Precision precision) =>
        precision is > Precision.Unspecified and <= Precision.Int2 ? (RowPrecision)(precision - 1) : null;
}
