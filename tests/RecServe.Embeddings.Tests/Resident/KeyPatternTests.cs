using RecServe.Kernels;

namespace RecServe.Embeddings.Tests;

[Collection(NativeMemoryTests.Name)]
public class KeyPatternTests
{
    private const int Count = 60_000;

    public static TheoryData<string> Patterns => ["sequential", "shifted 8", "shifted 32", "shifted 48", "field tag high", "field tag low",
        "same low bits", "same high bits", "multiples of 2^16 + 1", "powers apart", "squares", "bit reversed", "two halves equal", "descending"];

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Build_patterned_keys_find_slots_as_random_keys_do(string pattern)
    {
        ulong[] keys = [.. new SortedSet<ulong>(Enumerable.Range(0, Count).Select(i => Key(pattern, (ulong)i)))];
        Assert.True(keys.Length > Count / 2);
        using ResidentTable table = TestRows.Table(RowPrecision.Int8, 2, keys);
        Assert.Equal(0UL, table.Directory.Hash.Seed);
        Assert.True(table.Measure().DeltaRows <= 2, $"{table.Measure().DeltaRows} rows found no slot");
        Assert.Equal(keys.Length, table.Gather(keys, new float[2 * keys.Length]));
    }

    [Fact]
    public void Build_keys_that_collide_under_the_first_seed_take_another()
    {
        // The hash is one-to-one: keys for chosen hashes can be computed, here 20,000 in a single bucket.
        var first = new KeyHash(0);
        ulong[] keys = [.. Enumerable.Range(0, 20_000).Select(i => InverseHash.Of(0, 0x1234_5678_9ABC_0000 + (ulong)i))];
        Assert.Equal(0x1234_5678_9ABC_0007UL, first.Of(keys[7]));
        using ResidentTable table = TestRows.Table(RowPrecision.Int8, 2, keys);
        Assert.NotEqual(0UL, table.Directory.Hash.Seed);
        Assert.True(table.Measure().DeltaRows <= 2);
        Assert.Equal(keys.Length, table.Gather(keys, new float[2 * keys.Length]));
    }

    [Fact]
    public void Apply_keys_that_collide_are_all_found()
    {
        using ResidentTable table = TestRows.Table(RowPrecision.Int8, 2, TestRows.Keys(1000));
        ulong[] keys = [.. Enumerable.Range(0, 2000).Select(i => InverseHash.Of(0, 0x1234_5678_9ABC_0000 + (ulong)i))];
        foreach (ulong[] batch in keys.Chunk(100))
            table.Apply([.. batch.Select(key => RowDelta.Of(key, 1, TestRows.Values(key, 1, 2)))]);
        Assert.Equal(keys.Length, table.Gather(keys, new float[2 * keys.Length]));
        foreach (ulong key in keys.Where((_, i) => i % 97 == 0))
            Assert.Equal(TestRows.Decoded(RowPrecision.Int8, key, 1, 2), TestRows.Gather(table, key));
    }

    [Fact]
    public void Build_key_given_twice_is_refused_by_name()
    {
        long before = ResidentTable.LiveNativeBytes;
        ulong[] keys = [.. TestRows.Keys(5000), TestRows.Keys(5000)[123]];
        var failure = Assert.Throws<ArgumentException>(() => TestRows.Table(RowPrecision.Int8, 2, keys));
        Assert.Contains($"{keys[123]} appears twice", failure.Message);
        Assert.Equal(before, ResidentTable.LiveNativeBytes);
    }

    internal static ulong Key(string pattern, ulong i) => pattern switch
    {
        "sequential" => i,
        "shifted 8" => i << 8,
        "shifted 32" => i << 32,
        "shifted 48" => i << 48,
        "field tag high" => (i % 26) << 56 | i / 26,
        "field tag low" => i / 26 << 8 | i % 26,
        "same low bits" => i << 20 | 0xABCDE,
        "same high bits" => 0xABCDEUL << 44 | i,
        "multiples of 2^16 + 1" => i * 65537,
        "powers apart" => 1UL << (int)(i % 64) | i << 7,
        "squares" => i * i,
        "bit reversed" => Reverse(i),
        "two halves equal" => i << 32 | i,
        _ => ulong.MaxValue - i,
    };

    private static ulong Reverse(ulong i)
    {
        ulong reversed = 0;
        for (int bit = 0; bit < 64; bit++)
            reversed |= (i >> bit & 1) << (63 - bit);
        return reversed;
    }
}
