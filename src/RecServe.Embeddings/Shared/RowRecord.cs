using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>A row as the value of a key in Redis; docs/formats/redis.md has the bytes.</summary>
[SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "a ref struct is never compared")]
internal readonly ref struct RowRecord
{
    /// <summary>Bytes before the row.</summary>
    public const int HeaderBytes = 12;

    private const byte Format = 1, Deletion = 255;

    /// <summary>Version of the row or of its deletion.</summary>
    public ulong Version { get; private init; }

    /// <summary>Whether the row was deleted.</summary>
    public bool IsDeletion { get; private init; }

    /// <summary>How the row is stored.</summary>
    public RowPrecision Precision { get; private init; }

    /// <summary>The encoded row.</summary>
    public ReadOnlySpan<byte> Row { get; private init; }

    /// <summary>A record with room for a row of so many bytes at its end.</summary>
    public static byte[] Create(RowPrecision precision, int dim, ulong version)
    {
        byte[] record = new byte[HeaderBytes + RowCodec.RowBytes(precision, dim)];
        WriteHeader(record, (byte)precision, dim, version);
        return record;
    }

    /// <summary>The record of a deletion.</summary>
    public static byte[] CreateDeletion(ulong version)
    {
        byte[] record = new byte[HeaderBytes];
        WriteHeader(record, Deletion, 0, version);
        return record;
    }

    /// <summary>Reads a record of a table; false if the value is not one, whatever it is.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, int dim, out RowRecord record)
    {
        record = default;
        if (value.Length < HeaderBytes || value[0] != Format)
            return false;
        ulong version = BinaryPrimitives.ReadUInt64LittleEndian(value[4..]);
        int storedDim = BinaryPrimitives.ReadUInt16LittleEndian(value[2..]);
        ReadOnlySpan<byte> row = value[HeaderBytes..];
        if (value[1] == Deletion)
        {
            record = new RowRecord { Version = version, IsDeletion = true };
            return storedDim == 0 && row.IsEmpty;
        }

        var precision = (RowPrecision)value[1];
        if (precision > RowPrecision.Int2 || storedDim != dim || row.Length != RowCodec.RowBytes(precision, dim) || !RowCodec.IsFinite(precision, row, dim))
            return false;
        record = new RowRecord { Version = version, Precision = precision, Row = row };
        return true;
    }

    private static void WriteHeader(Span<byte> record, byte kind, int dim, ulong version)
    {
        (record[0], record[1]) = (Format, kind);
        BinaryPrimitives.WriteUInt16LittleEndian(record[2..], (ushort)dim);
        BinaryPrimitives.WriteUInt64LittleEndian(record[4..], version);
    }
}
