using System.Buffers.Binary;
using System.Text;
using RecServe.Features;

namespace RecServe.FeatureStore;

/// <summary>Puts a <see cref="FeatureRow"/> together. Features come in any order; what is wrong is told by <see cref="TryBuild"/>, in the words of the same check that bytes go through.</summary>
/// <param name="entity">Whose features.</param>
/// <param name="id">Id, 1 to <see cref="FeatureLimits.TextBytes"/> UTF-8 bytes.</param>
/// <param name="version">1 or more: Unix microseconds, or a counter.</param>
/// <param name="producer">Who makes the row, 1 to <see cref="FeatureLimits.ProducerBytes"/> UTF-8 bytes.</param>
/// <param name="eventTime">When the event happened that made the row, in milliseconds since 1970 UTC; 0 where nobody knows.</param>
public sealed class FeatureRowBuilder(FieldSide entity, string id, ulong version, string producer, long eventTime = 0)
{
    private readonly List<(byte[] Name, FeatureKind Kind, double Number, byte[][] Texts)> _values = [];

    /// <summary>Whether the row is the entity's deletion; it then holds no feature.</summary>
    public bool IsDeletion { get; init; }

    /// <summary>Adds a text.</summary>
    public FeatureRowBuilder Text(string name, string value) => Add(name, FeatureKind.Text, 0, [Encoding.UTF8.GetBytes(value)]);

    /// <summary>Adds a number.</summary>
    public FeatureRowBuilder Number(string name, double value) => Add(name, FeatureKind.Number, value, []);

    /// <summary>Adds a list of texts, in its order.</summary>
    public FeatureRowBuilder List(string name, IEnumerable<string> values) => Add(name, FeatureKind.List, 0, [.. values.Select(Encoding.UTF8.GetBytes)]);

    /// <summary>Makes the row.</summary>
    /// <param name="row">The row, where there is no fault.</param>
    public FeatureFault? TryBuild(out FeatureRow? row)
    {
        row = null;
        byte[] idBytes = Encoding.UTF8.GetBytes(id), producerBytes = Encoding.UTF8.GetBytes(producer);
        _values.Sort((a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));

        // Lengths are 16 bits in the row: what does not fit there must not be written, and is over the limits.
        if (idBytes.Length > FeatureLimits.TextBytes)
            return new FeatureFault(FeatureFaultReason.BadId, "id", $"has {idBytes.Length:N0} bytes, the limit is {FeatureLimits.TextBytes:N0}");
        long bytes = FeatureRow.HeaderBytes + idBytes.Length + (long)producerBytes.Length + _values.Sum(BytesOf);
        if (_values.FirstOrDefault(value => value.Texts.Length > FeatureLimits.Values) is { Name: not null } list)
            return FeatureFault.Of(FeatureFaultReason.ListTooLong, Encoding.UTF8.GetString(list.Name), $"holds {list.Texts.Length:N0} values, the limit is {FeatureLimits.Values:N0}");
        if (_values.FirstOrDefault(value => value.Texts.Any(text => text.Length > FeatureLimits.TextBytes)) is { Name: not null } longText)
            return FeatureFault.Of(FeatureFaultReason.BadValue, Encoding.UTF8.GetString(longText.Name), $"must be text of at most {FeatureLimits.TextBytes:N0} bytes");
        if (_values.Count > FeatureLimits.Values)
            return new FeatureFault(FeatureFaultReason.ValueCount, FeatureFault.Features, $"holds {_values.Count:N0}, the limit is {FeatureLimits.Values:N0}");
        if (bytes > FeatureLimits.RowBytes)
            return new FeatureFault(FeatureFaultReason.TooLarge, "", $"the row has {bytes:N0} bytes, the limit is {FeatureLimits.RowBytes:N0}");
        byte[] written = Write(idBytes, producerBytes, (int)bytes);
        if (FeatureRowCodec.Check(written) is { } fault)
            return fault;
        row = new FeatureRow(written);
        return null;
    }

    /// <summary>Makes the row.</summary>
    /// <exception cref="ArgumentException">A member is not within its limits; the message names it.</exception>
    public FeatureRow Build() => TryBuild(out FeatureRow? row) is { } fault
        ? throw new ArgumentException(fault.ToString())
        : row!;

    private FeatureRowBuilder Add(string name, FeatureKind kind, double number, byte[][] texts)
    {
        _values.Add((Encoding.UTF8.GetBytes(name), kind, number, texts));
        return this;
    }

    private static long BytesOf((byte[] Name, FeatureKind Kind, double Number, byte[][] Texts) value) => 2L + value.Name.Length + 1 + value.Kind switch
    {
        FeatureKind.Number => sizeof(double),
        FeatureKind.Text => 2 + value.Texts[0].Length,
        _ => 2 + value.Texts.Sum(text => 2L + text.Length),
    };

    private byte[] Write(byte[] idBytes, byte[] producerBytes, int bytes)
    {
        byte[] row = new byte[bytes];
        row[0] = FeatureRow.Layout;
        row[1] = (byte)(FeatureRowCodec.NumberOf(entity) | (IsDeletion ? FeatureRow.DeletionFlag : 0));
        BinaryPrimitives.WriteUInt16LittleEndian(row.AsSpan(2), (ushort)idBytes.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(row.AsSpan(4), (ushort)producerBytes.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(row.AsSpan(6), (ushort)_values.Count);
        BinaryPrimitives.WriteUInt64LittleEndian(row.AsSpan(8), version);
        BinaryPrimitives.WriteInt64LittleEndian(row.AsSpan(16), eventTime);
        Span<byte> left = row.AsSpan(FeatureRow.HeaderBytes);
        Put(ref left, idBytes);
        Put(ref left, producerBytes);
        foreach ((byte[] name, FeatureKind kind, double number, byte[][] texts) in _values)
        {
            PutCounted(ref left, name);
            Put(ref left, [(byte)kind]);
            if (kind == FeatureKind.Number)
            {
                BinaryPrimitives.WriteDoubleLittleEndian(left, number);
                left = left[sizeof(double)..];
            }

            if (kind == FeatureKind.List)
                PutNumber(ref left, texts.Length);
            foreach (byte[] text in texts)
                PutCounted(ref left, text);
        }

        return row;
    }

    private static void PutCounted(ref Span<byte> left, scoped ReadOnlySpan<byte> bytes)
    {
        PutNumber(ref left, bytes.Length);
        Put(ref left, bytes);
    }

    private static void PutNumber(ref Span<byte> left, int number)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(left, (ushort)number);
        left = left[2..];
    }

    private static void Put(ref Span<byte> left, scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(left);
        left = left[bytes.Length..];
    }
}
