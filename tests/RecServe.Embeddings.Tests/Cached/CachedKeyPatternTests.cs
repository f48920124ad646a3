using RecServe.Kernels;

namespace RecServe.Embeddings.Tests;

/// <summary>Keys with a pattern, and keys chosen to fall together, in a cached table.</summary>
[Collection(NativeMemoryTests.Name)]
public class CachedKeyPatternTests
{
    private const int Count = 20_000, Dim = 4;

    [Theory]
    [MemberData(nameof(KeyPatternTests.Patterns), MemberType = typeof(KeyPatternTests))]
    public void Patterned_keys_find_room_as_random_keys_do(string pattern)
    {
        ulong[] keys = [.. new SortedSet<ulong>(Enumerable.Range(0, Count).Select(i => KeyPatternTests.Key(pattern, (ulong)i)))];
        using CachedTable table = Table(keys.Length);
        foreach (ulong key in keys)
            Assert.True(Promote(table, key));
        Assert.Equal(keys.Length, table.Gather(keys, new float[Dim * keys.Length]));
    }

    [Fact]
    public void Chosen_keys_that_share_a_bucket_give_way_to_each_other_alone_and_answer_no_other_key()
    {
        ulong[] others = TestRows.Keys(Count), chosen = [.. Enumerable.Range(0, 3000).Select(i => InverseHash.Of(0, 0x1234_5678_0000_0000 + (ulong)i))];
        using CachedTable table = Table(Count + chosen.Length);
        foreach (ulong key in others)
            Assert.True(Promote(table, key));
        foreach (ulong key in chosen)
            Promote(table, key);

        // The first bucket of all is one; the second ones differ. Who is there has its own row, who is not has the default.
        var values = new float[Dim * chosen.Length];
        var found = new bool[chosen.Length];
        int hits = table.Gather(chosen, values, found);
        Assert.InRange(hits, RowIndex.Ways, chosen.Length);
        for (int i = 0; i < chosen.Length; i++)
            Assert.Equal(found[i] ? TestRows.Decoded(RowPrecision.Int8, chosen[i], 1, Dim) : TestRows.Constant(Dim, -7), values[(i * Dim)..((i + 1) * Dim)]);
        Assert.InRange(table.Gather(others, new float[Dim * Count]), Count - (Count / 100), Count);
    }

    private static CachedTable Table(int rows) => new(new CachedTableOptions
    {
        Dim = Dim,
        Precision = RowPrecision.Int8,
        Budget = CachedTable.BudgetFor(rows, RowPrecision.Int8, Dim),
        Default = TestRows.Constant(Dim, -7),
        Missing = TestRows.Constant(Dim, -9),
    });

    private static bool Promote(CachedTable table, ulong key) =>
        table.Promote(key, 1, RowPrecision.Int8, TestRows.Encode(RowPrecision.Int8, [key], Dim, 1), table.Stamp(key));
}
