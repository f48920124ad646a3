using System.Buffers.Binary;

namespace RecServe.Embeddings;

/// <summary>
/// The bytes of a block of the journal, described in docs/formats/row-store.md: magic (4), bytes used (4), entries (4), CRC-32C (4), and entries of table (8), key (8), length of the record (4) and
/// the record. Little endian; zeros up to the next 4,096 in the file.
/// </summary>
internal static class JournalBlock
{
    /// <summary>Bytes of the longest block: 3,000 rows of 16 numbers.</summary>
    public const int MaxBytes = 256 << 10;

    /// <summary>Bytes in front of the entries.</summary>
    public const int HeaderBytes = 16;

    /// <summary>What places, lengths and memory of a write past the page cache must be multiples of, whatever the device.</summary>
    public const int Alignment = 4096;

    private const int KeyBytes = 16, EntryHeaderBytes = KeyBytes + sizeof(int);
    private const uint Magic = 0x424A_5352; // RSJB

    /// <summary>Receives an entry; the record is valid during the call alone.</summary>
    public delegate void EntryVisitor(RowKey key, ReadOnlySpan<byte> record);

    /// <summary>Bytes that a block takes in the file.</summary>
    public static int PaddedBytes(int used) => (used + Alignment - 1) & -Alignment;

    /// <summary>Bytes that a record takes in a block.</summary>
    public static int EntryBytes(int recordBytes) => EntryHeaderBytes + recordBytes;

    /// <summary>Writes an entry.</summary>
    /// <param name="place">At least <see cref="EntryBytes"/> of it.</param>
    /// <param name="key">Whose row.</param>
    /// <param name="record">What <see cref="StoredRecord"/> describes.</param>
    public static void WriteEntry(Span<byte> place, RowKey key, ReadOnlySpan<byte> record)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(place, key.Table);
        BinaryPrimitives.WriteUInt64LittleEndian(place[8..], key.Key);
        BinaryPrimitives.WriteInt32LittleEndian(place[KeyBytes..], record.Length);
        record.CopyTo(place[EntryHeaderBytes..]);
    }

    /// <summary>Finishes a block whose entries already stand behind the header's place.</summary>
    /// <param name="block">As long as the block is in the file.</param>
    /// <param name="used">Bytes of header and entries.</param>
    /// <param name="entries">Their number.</param>
    public static void Complete(Span<byte> block, int used, int entries)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(block, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(block[4..], used);
        BinaryPrimitives.WriteInt32LittleEndian(block[8..], entries);
        BinaryPrimitives.WriteUInt32LittleEndian(block[12..], Checksum(block[..used]));
        block[used..].Clear();
    }

    /// <summary>Bytes of header and entries that a block's first <see cref="HeaderBytes"/> announce; 0 if they are no header.</summary>
    public static int UsedBytes(ReadOnlySpan<byte> header)
    {
        int used = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        return BinaryPrimitives.ReadUInt32LittleEndian(header) == Magic && used is >= HeaderBytes and <= MaxBytes ? used : 0;
    }

    /// <summary>Visits the entries of a whole block, in the order in which they were written.</summary>
    /// <param name="block">Header and entries.</param>
    /// <param name="visit">Receives them; null to check alone.</param>
    /// <returns>What is wrong with it, and then nothing was visited; null if nothing.</returns>
    public static string? Read(ReadOnlySpan<byte> block, EntryVisitor? visit)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(block[12..]) != Checksum(block))
            return "its checksum is wrong";
        int entries = BinaryPrimitives.ReadInt32LittleEndian(block[8..]), at = HeaderBytes;
        if (entries < 0)
            return $"it announces {entries} entries";
        for (int i = 0; i < entries; i++)
        {
            int length = block.Length - at < EntryHeaderBytes ? -1 : BinaryPrimitives.ReadInt32LittleEndian(block[(at + KeyBytes)..]);
            if (length < StoredRecord.HeaderBytes || length > block.Length - at - EntryHeaderBytes)
                return $"entry {i} of {entries} does not end in it";
            at += EntryBytes(length);
        }

        if (at != block.Length)
            return $"{block.Length - at} bytes follow its {entries} entries";
        for (at = HeaderBytes; visit is not null && at < block.Length;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(block[(at + KeyBytes)..]);
            visit(new RowKey(BinaryPrimitives.ReadUInt64LittleEndian(block[at..]), BinaryPrimitives.ReadUInt64LittleEndian(block[(at + 8)..])), block.Slice(at + EntryHeaderBytes, length));
            at += EntryBytes(length);
        }

        return null;
    }

    private static uint Checksum(ReadOnlySpan<byte> block) => ~Crc32C.Append(Crc32C.Append(uint.MaxValue, block[..12]), block[HeaderBytes..]);
}
