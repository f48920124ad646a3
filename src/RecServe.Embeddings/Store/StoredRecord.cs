using System.Buffers.Binary;
using System.Numerics;
using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>
/// The bytes of a row in the store's log, described in docs/formats/row-store.md: version (8), precision (1), flags (1), row length (2), CRC-32C (4), the
/// encoded row, and the origin (20) where there is one. Little endian.
/// </summary>
internal static class StoredRecord
{
    /// <summary>Bytes in front of the row.</summary>
    public const int HeaderBytes = 16;

    /// <summary>Bytes of an origin behind the row.</summary>
    public const int OriginBytes = 20;

    /// <summary>Bytes of the longest record: 4,096 floats.</summary>
    public const int MaxBytes = HeaderBytes + (4 * RowCodec.MaxDim) + OriginBytes;

    private const byte Tombstone = 1, HasOrigin = 2;

    /// <summary>Bytes of a record.</summary>
    public static int Bytes(int rowBytes, bool hasOrigin) => HeaderBytes + rowBytes + (hasOrigin ? OriginBytes : 0);

    /// <summary>Version of a record.</summary>
    public static ulong Version(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt64LittleEndian(record);

    /// <summary>How the row is encoded.</summary>
    public static RowPrecision Precision(ReadOnlySpan<byte> record) => (RowPrecision)record[8];

    /// <summary>Whether the record says that the row was deleted.</summary>
    public static bool IsTombstone(ReadOnlySpan<byte> record) => (record[9] & Tombstone) != 0;

    /// <summary>The encoded row; empty in a tombstone.</summary>
    public static ReadOnlySpan<byte> Row(ReadOnlySpan<byte> record) => record.Slice(HeaderBytes, RowBytes(record));

    /// <summary>Where the update came from; null if it came with the package.</summary>
    public static RowOrigin? Origin(ReadOnlySpan<byte> record)
    {
        if ((record[9] & HasOrigin) == 0)
            return null;
        ReadOnlySpan<byte> origin = record[(HeaderBytes + RowBytes(record))..];
        return new RowOrigin(BinaryPrimitives.ReadUInt32LittleEndian(origin[16..]), BinaryPrimitives.ReadInt64LittleEndian(origin),
            BinaryPrimitives.ReadInt64LittleEndian(origin[8..]));
    }

    /// <summary>
    /// Finishes a record whose row already stands behind the header's place: the rest is written around it.
    /// </summary>
    /// <param name="record">Exactly the bytes of the record.</param>
    /// <param name="key">Whose row; the checksum covers it.</param>
    /// <param name="version">Version of the row.</param>
    /// <param name="precision">How it is encoded.</param>
    /// <param name="tombstone">Whether this is a deletion.</param>
    /// <param name="origin">Where it came from.</param>
    public static void Complete(Span<byte> record, RowKey key, ulong version, RowPrecision precision, bool tombstone, in RowOrigin? origin)
    {
        int rowBytes = record.Length - HeaderBytes - (origin.HasValue ? OriginBytes : 0);
        BinaryPrimitives.WriteUInt64LittleEndian(record, version);
        record[8] = (byte)precision;
        record[9] = (byte)((tombstone ? Tombstone : 0) | (origin.HasValue ? HasOrigin : 0));
        BinaryPrimitives.WriteUInt16LittleEndian(record[10..], (ushort)rowBytes);
        if (origin is RowOrigin from)
        {
            Span<byte> place = record[(HeaderBytes + rowBytes)..];
            BinaryPrimitives.WriteInt64LittleEndian(place, from.EventTime);
            BinaryPrimitives.WriteInt64LittleEndian(place[8..], from.Offset);
            BinaryPrimitives.WriteUInt32LittleEndian(place[16..], from.Producer);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(record[12..], Checksum(record, key));
    }

    /// <summary>Whether the bytes are a whole record of that key.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> record, RowKey key) =>
        record.Length >= HeaderBytes && record.Length == Bytes(RowBytes(record), (record[9] & HasOrigin) != 0)
        && BinaryPrimitives.ReadUInt32LittleEndian(record[12..]) == Checksum(record, key);

    private static int RowBytes(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);

    private static uint Checksum(ReadOnlySpan<byte> record, RowKey key)
    {
        uint crc = BitOperations.Crc32C(uint.MaxValue, key.Table);
        crc = BitOperations.Crc32C(crc, key.Key);
        crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(record));
        crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt32LittleEndian(record[8..]));
        return ~Crc32C.Append(crc, record[HeaderBytes..]);
    }
}
