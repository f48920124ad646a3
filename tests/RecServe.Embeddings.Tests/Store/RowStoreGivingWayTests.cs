using RecServe.Kernels;

namespace RecServe.Embeddings.Tests.Store;

/// <summary>What the store writes into the page cache lets what must not wait go first, by portions, and is written all the same where the machine is never free.</summary>
public sealed class RowStoreGivingWayTests : IDisposable
{
    private const int Keys = 20_000;
    private const long Portion = 64 << 10;

    private static readonly TableId Table = new(5);

    private readonly TemporaryStore _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Writes_ask_before_every_portion_and_end_where_the_machine_is_never_free()
    {
        int asked = 0;
        long portions = WritePortions(() => Interlocked.Increment(ref asked) > 0);

        // Four times for each, a millisecond apart.
        Assert.True(portions > 10, $"{portions}");
        Assert.InRange(asked, 4 * portions, int.MaxValue);
        AssertAllThere();
    }

    [Fact]
    public void Writes_on_a_free_machine_ask_once_a_portion()
    {
        int asked = 0;
        long portions = WritePortions(() => Interlocked.Increment(ref asked) < 0);

        // The index asks as well, for its mebibyte, and the rest of a page for the part of a portion.
        Assert.InRange(asked, portions, 2 * (portions + 16));
        AssertAllThere();
    }

    /// <summary>Portions of the log that were written: pages have four.</summary>
    private long WritePortions(Func<bool> isBusy)
    {
        using RowStore store = RowStore.Open(_directory.Options with { PageBytes = 256 << 10, WritesThroughCache = true, IsBusy = isBusy });
        store.Register(Table, "item", 16, RowPrecision.Int8);
        foreach (int[] keys in Enumerable.Range(0, Keys).Chunk(1000))
            store.Apply(Table, [.. keys.Select(key => RowDelta.OfEncoded((ulong)key, 1, RowPrecision.Int8, Row(key)))]);
        store.Checkpoint(new Dictionary<string, long>());
        return store.Measure().DiskWrittenBytes / Portion;
    }

    /// <summary>16 numbers of the key's own, with a scale and an offset of zero.</summary>
    private static byte[] Row(int key) => [.. Enumerable.Range(0, 24).Select(i => i < 16 ? (byte)(key + i) : (byte)0)];

    private void AssertAllThere()
    {
        using RowStore store = _directory.Open();
        int different = 0;
        var seen = new HashSet<ulong>();
        store.Scan(Table, (key, version, precision, row, isDeleted, origin) =>
        {
            seen.Add(key);
            different += row.SequenceEqual(Row((int)key)) ? 0 : 1;
            return true;
        });
        Assert.Equal(Keys, seen.Count);
        Assert.Equal(0, different);
    }
}
