using RecServe.Kernels;

namespace RecServe.Embeddings.Tests.Store;

/// <summary>How much one turn of reclaiming goes through, and when there is one.</summary>
public sealed class RowStoreReclaimTests : IDisposable
{
    private const int Keys = 2_000;
    private const long Turn = 4 << 20;

    private static readonly TableId Table = new(5);

    private readonly TemporaryStore _directory = new();
    private ulong _version;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Reclaim_leaves_a_log_alone_of_which_no_whole_file_would_come_back()
    {
        using RowStore store = Open();
        Rewrite(store, times: 1);
        long file = _directory.Options.SegmentBytes;
        while (Superseded(store) < file / 2)
            Rewrite(store, times: 1);

        // Far more than half of the log by then.
        Assert.True(Superseded(store) > 0.6 * store.Measure().LogBytes, $"{store.Measure()}");
        Assert.Equal(0, store.Reclaim());
        while (Superseded(store) <= file)
            Rewrite(store, times: 1);
        Assert.InRange(store.Reclaim(), 1, Turn);
    }

    [Fact]
    public void Reclaim_goes_through_what_makes_up_for_the_growth_since_the_last_turn()
    {
        using RowStore store = Open();
        Rewrite(store, times: 100);
        Assert.True(Superseded(store) > 3 * Turn, $"{store.Measure()}");

        // Nothing grew since the last turn, for there was none: the least. It rests between its steps, of 256 KiB at most, and updates go on there.
        int rests = 0;
        Assert.InRange(store.Reclaim(step =>
        {
            Assert.True(step > TimeSpan.Zero);
            if (rests++ == 0)
                Task.Run(() => Write(store, 0)).GetAwaiter().GetResult();
        }), Turn / 2, Turn);
        Assert.InRange(rests, (Turn >> 18) - 1, 2 * (Turn >> 18));
        long before = store.Measure().LogBytes;
        Rewrite(store, times: 50);
        long grown = store.Measure().LogBytes - before;
        Assert.True(grown > 1.5 * Turn, $"{grown}");
        Assert.InRange(store.Reclaim(), grown * 0.8, 2.2 * grown);
    }

    [Fact]
    public void Reclaim_of_a_process_that_knows_of_no_growth_goes_through_a_quarter_of_what_is_too_much()
    {
        using (RowStore store = Open())
        {
            for (_version = 1; _version <= 60; _version++)
            {
                foreach (int[] keys in Enumerable.Range(0, 10 * Keys).Chunk(1000))
                    Write(store, keys);
                store.Checkpoint(new Dictionary<string, long>());
            }
        }

        using RowStore again = Open();
        double excess = Superseded(again) - (0.5 * again.Measure().LogBytes);
        Assert.True(excess / 4 > 1.5 * Turn, $"{excess}");
        Assert.InRange(again.Reclaim(), (long)(0.95 * excess / 4), (long)(1.05 * excess / 4));
    }

    private RowStore Open()
    {
        RowStore store = RowStore.Open(_directory.Options with { JournalBytes = 0 });
        store.Register(Table, "item", 16, RowPrecision.Int8);
        return store;
    }

    private static long Superseded(RowStore store) => store.Measure().LogBytes - store.Measure().LiveLogBytes;

    /// <summary>Every row anew, each time behind a checkpoint: what lies before one is not changed in place.</summary>
    private void Rewrite(RowStore store, int times)
    {
        for (int time = 0; time < times; time++)
        {
            _version++;
            foreach (int[] keys in Enumerable.Range(0, Keys).Chunk(1000))
                Write(store, keys);
            store.Checkpoint(new Dictionary<string, long>());
        }
    }

    private void Write(RowStore store, params int[] keys) =>
        store.Apply(Table, [.. keys.Select(key => RowDelta.OfEncoded((ulong)key, _version, RowPrecision.Int8, new byte[24]))]);
}
