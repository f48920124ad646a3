using RecServe.Kernels;

namespace RecServe.Embeddings.Tests.Store;

/// <summary>The bytes of the journal's blocks.</summary>
public sealed class JournalBlockTests
{
    // Record: version 5, int8, no flags, 2 bytes of row.
    private const string Golden =
        "52534A42" + "36000000" + "01000000" + "00000000" // magic, 54 bytes used, one entry, checksum
        + "0700000000000000" + "0900000000000000" + "12000000" // table 7, key 9, 18 bytes of record
        + "0500000000000000" + "02" + "00" + "0200"; // checksum and row follow

    [Fact]
    public void Block_has_the_documented_bytes()
    {
        using var memory = new JournalMemory();
        byte[] record = Record(9, 5, 0xAA, 0xBB);
        Assert.True(memory.TryAdd(new RowKey(7, 9), record));

        byte[] block = memory.Complete().ToArray();

        string recordCrc = Convert.ToHexString(record.AsSpan(12, 4));
        byte[] golden = Convert.FromHexString(Golden + recordCrc + "AABB");
        uint crc = BitwiseCrc32C.Of([.. golden[..12], .. golden[16..]]);
        BitConverter.TryWriteBytes(golden.AsSpan(12), crc);
        Assert.Equal(golden, block[..54]);
        Assert.Equal((4096, 4096 - 54), (block.Length, block.Skip(54).Count(b => b == 0)));
        Assert.Equal(54, JournalBlock.UsedBytes(block));
        List<(RowKey, string)> read = [];
        Assert.Null(JournalBlock.Read(block.AsSpan(0, 54), (key, bytes) => read.Add((key, Convert.ToHexString(bytes)))));
        Assert.Equal([(new RowKey(7, 9), Convert.ToHexString(record))], read);
    }

    [Fact]
    public void Block_holds_the_longest_record_and_says_when_it_is_full()
    {
        using var memory = new JournalMemory();
        byte[] longest = new byte[StoredRecord.MaxBytes];
        int count = 0;
        while (memory.TryAdd(new RowKey(1, (ulong)count), longest))
            count++;
        Assert.Equal((JournalBlock.MaxBytes - JournalBlock.HeaderBytes) / JournalBlock.EntryBytes(longest.Length), count);
        Assert.True(memory.Complete().Length <= JournalBlock.MaxBytes);
        int seen = 0;
        Assert.Null(JournalBlock.Read(memory.Complete()[..memory.Used], (key, _) => Assert.Equal((ulong)seen++, key.Key)));
        Assert.Equal(count, seen);
    }

    [Fact]
    public void Read_of_hostile_bytes_says_what_is_wrong_and_visits_nothing()
    {
        using var memory = new JournalMemory();
        for (ulong key = 0; key < 40; key++)
            memory.TryAdd(new RowKey(7, key), Record(key, 3, 1, 2, 3));
        byte[] good = memory.Complete()[..memory.Used].ToArray();
        var random = new Random(5);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bad = [.. good];
            int length = random.Next(8) == 0 ? random.Next(JournalBlock.HeaderBytes, bad.Length) : bad.Length;
            int at = random.Next(length);
            bad[at] ^= (byte)(1 << random.Next(8));
            if (random.Next(2) == 0)
            {
                // A header that was made to fit: lengths within have to hold on their own.
                int place = JournalBlock.HeaderBytes + (random.Next(40) * JournalBlock.EntryBytes(19)) + 16;
                BitConverter.TryWriteBytes(bad.AsSpan(random.Next(2) == 0 ? place : 8), random.Next(4) switch { 0 => int.MinValue, 1 => int.MaxValue, 2 => -1, _ => random.Next(20, 1 << 20) });
                BitConverter.TryWriteBytes(bad.AsSpan(12), BitwiseCrc32C.Of([.. bad[..12], .. bad[16..length]]));
            }

            if (length == bad.Length && bad.AsSpan().SequenceEqual(good))
                continue;
            int visited = 0;
            string? problem = JournalBlock.Read(bad.AsSpan(0, length), (_, _) => visited++);

            // A flip beneath a checksum that was made to fit may be within a row: then it is the record's own checksum that tells.
            Assert.True(problem is null ? visited == 40 : visited == 0, $"{problem}: {visited}");
        }
    }

    [Theory]
    [InlineData("00534A4210000000", 0)]
    [InlineData("52534A420F000000", 0)]
    [InlineData("52534A42FFFFFFFF", 0)]
    [InlineData("52534A4201000400", 0)]
    [InlineData("52534A4200000400", 256 << 10)]
    public void Used_bytes_of_a_header_are_within_a_block(string header, int expected) =>
        Assert.Equal(expected, JournalBlock.UsedBytes(Convert.FromHexString(header + "0000000000000000")));

    private static byte[] Record(ulong key, ulong version, params byte[] row)
    {
        byte[] record = new byte[StoredRecord.Bytes(row.Length, false)];
        row.CopyTo(record, StoredRecord.HeaderBytes);
        StoredRecord.Complete(record, new RowKey(7, key), version, RowPrecision.Int8, false, null);
        return record;
    }
}
