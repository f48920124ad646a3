using System.Buffers.Binary;
using RecServe.Kernels;

namespace RecServe.Embeddings.Tests.Store;

/// <summary>The format of docs/formats/row-store.md, byte by byte.</summary>
public sealed class StoredRecordTests
{
    private static readonly RowKey Key = new(0x0123456789ABCDEF, 0x0F1E2D3C4B5A6978);

    // Bytes by hand from the page; checksums by a bitwise CRC-32C (polynomial 0x82F63B78), which shares nothing with the product.
    [Theory]
    [InlineData(1, RowPrecision.Int2, "AABBCCDDEE", false, false, "0100000000000000" + "05" + "00" + "0500", "AABBCCDDEE")]
    [InlineData(0x1122334455667788, RowPrecision.Fp16, "0102", false, true, "8877665544332211" + "01" + "02" + "0200",
        "0102" + "7B68E5CF8B010000" + "FFFFFFFF00000000" + "2A000000")]
    [InlineData(7, RowPrecision.Int8, "", true, false, "0700000000000000" + "02" + "01" + "0000", "")]
    public void Record_has_the_documented_bytes(ulong version, RowPrecision precision, string row, bool tombstone, bool hasOrigin, string head, string tail)
    {
        RowOrigin? origin = hasOrigin ? new RowOrigin(42, 1_700_000_000_123, uint.MaxValue) : null;
        byte[] rowBytes = Convert.FromHexString(row), record = new byte[StoredRecord.Bytes(rowBytes.Length, hasOrigin)];
        rowBytes.CopyTo(record, StoredRecord.HeaderBytes);

        StoredRecord.Complete(record, Key, version, precision, tombstone, origin);

        byte[] headBytes = Convert.FromHexString(head), tailBytes = Convert.FromHexString(tail), crc = new byte[4], key = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(key, Key.Table);
        BinaryPrimitives.WriteUInt64LittleEndian(key.AsSpan(8), Key.Key);
        BinaryPrimitives.WriteUInt32LittleEndian(crc, BitwiseCrc32C.Of([.. key, .. headBytes, .. tailBytes]));
        Assert.Equal(Convert.ToHexString([.. headBytes, .. crc, .. tailBytes]), Convert.ToHexString(record));
        Assert.True(StoredRecord.IsWhole(record, Key));
        Assert.Equal((version, precision, tombstone, origin), (StoredRecord.Version(record), StoredRecord.Precision(record), StoredRecord.IsTombstone(record), StoredRecord.Origin(record)));
        Assert.Equal(rowBytes, StoredRecord.Row(record).ToArray());
    }

    [Fact]
    public void IsWhole_any_changed_bit_cut_or_other_key_is_not()
    {
        byte[] record = new byte[StoredRecord.Bytes(24, true)];
        new Random(1).NextBytes(record);
        StoredRecord.Complete(record, Key, 3, RowPrecision.Int8, false, new RowOrigin(1, 2, 3));
        for (int bit = 0; bit < 8 * record.Length; bit++)
        {
            byte[] other = [.. record];
            other[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(StoredRecord.IsWhole(other, Key), $"bit {bit}");
        }

        for (int length = 0; length < record.Length; length++)
            Assert.False(StoredRecord.IsWhole(record.AsSpan(0, length), Key));
        Assert.False(StoredRecord.IsWhole(record, Key with { Table = 1 }));
        Assert.False(StoredRecord.IsWhole(record, Key with { Key = 1 }));
    }

    [Fact]
    public void Crc32C_gives_the_published_checks()
    {
        // RFC 3720, B.4.
        Assert.Equal(0xE3069283, Crc32C.Of("123456789"u8));
        Assert.Equal(0x8A9136AA, Crc32C.Of(new byte[32]));
        Assert.Equal(0x46DD794Eu, Crc32C.Of([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));
        Assert.Equal(BitwiseCrc32C.Of("123456789"u8.ToArray()), Crc32C.Of("123456789"u8));
    }

    [Fact]
    public void Manifest_has_the_documented_form_and_survives_the_round_trip()
    {
        var manifest = new CheckpointManifest
        {
            Number = 12,
            IndexToken = new Guid("11111111-2222-3333-4444-555555555555"),
            LogToken = new Guid("66666666-7777-8888-9999-aaaaaaaaaaaa"),
            Files = [new CheckpointFile("66666666-7777-8888-9999-aaaaaaaaaaaa/log.meta", 321, 0xDEADBEEF)],
            JournalBytes = 8192,
            BeginAddress = 64,
            TailAddress = 1_000_000,
            IndexedTo = 900_000,
            PageBytes = 1 << 20,
            SegmentBytes = 1 << 26,
            IndexBytes = 1 << 27,
            Tables = [new StoredTable(new TableId(0x0123456789ABCDEF), "item", 16, RowPrecision.Int8, 3, 1, 288, 2, true)],
            Offsets = new Dictionary<string, long> { ["rows/0"] = 77 },
        };

        string[] lines = System.Text.Encoding.UTF8.GetString(manifest.ToBytes()).Split('\n');

        Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Store", "checkpoint.golden.json")).TrimEnd('\n'), lines[0]);
        Assert.Equal((3, BitwiseCrc32C.Of(System.Text.Encoding.UTF8.GetBytes(lines[0])).ToString("x8", null), ""), (lines.Length, lines[1], lines[2]));
        CheckpointManifest read = CheckpointManifest.FromBytes(manifest.ToBytes());
        Assert.Equal(manifest.Tables, read.Tables);
        Assert.Equal(manifest.ToBytes(), read.ToBytes());
        Assert.Throws<InvalidDataException>(() => CheckpointManifest.FromBytes(manifest.ToBytes().AsSpan(0, 40)));
        Assert.Throws<InvalidDataException>(() => CheckpointManifest.FromBytes((manifest with { Version = 3 }).ToBytes()));

        // Version 1 knew no journal.
        byte[] older = System.Text.Encoding.UTF8.GetBytes(lines[0].Replace("\"journal_bytes\":8192,", "", StringComparison.Ordinal).Replace("\"format_version\":2", "\"format_version\":1", StringComparison.Ordinal));
        Assert.Equal(0, CheckpointManifest.FromBytes([.. older, .. System.Text.Encoding.UTF8.GetBytes($"\n{BitwiseCrc32C.Of(older):x8}\n")]).JournalBytes);
    }
}
