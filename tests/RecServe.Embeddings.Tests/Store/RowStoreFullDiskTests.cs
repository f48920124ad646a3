using RecServe.Kernels;

namespace RecServe.Embeddings.Tests.Store;

/// <summary>A disk that is full: told, nothing lost, and everything goes on when there is room again.</summary>
public sealed class RowStoreFullDiskTests : IDisposable
{
    private static readonly TableId Table = new(8);

    private readonly TemporaryStore _sizes = new();

    public void Dispose() => _sizes.Dispose();

    [SmallDiskFact]
    public void Apply_on_a_full_disk_is_refused_keeps_every_row_and_goes_on_when_there_is_room()
    {
        using var disk = new SmallDisk(6);
        RowStoreOptions options = _sizes.Options with { Directory = Path.Combine(disk.Directory, "rows"), IndexBytes = 64 << 10 };
        int keys = 0;
        using (RowStore store = RowStore.Open(options))
        {
            store.Register(Table, "item", 16, RowPrecision.Int8);
            keys = Fill(store, 0, 10);
            store.Checkpoint(new Dictionary<string, long> { ["batches"] = 10 });

            // Until the disk is full: the refusal says so.
            int checkpointed = keys;
            var refusal = Assert.Throws<RowStoreException>(() => keys = Fill(store, keys, 1000, count => keys = count));
            Assert.Contains("does not take writes", refusal.Message, StringComparison.Ordinal);
            Assert.NotNull(store.Measure().WriteError);
            AssertAll(store, keys);
            Assert.Throws<RowStoreException>(() => store.Checkpoint(new Dictionary<string, long> { ["batches"] = 11 }));
            AssertAll(store, keys);

            disk.Grow(64);
            keys = Fill(store, keys, 20);
            Assert.Null(store.Measure().WriteError);
            AssertAll(store, keys);
            Assert.Equal(2, store.Checkpoint(new Dictionary<string, long> { ["batches"] = 12 }).Number);
            Assert.True(keys > checkpointed);
        }

        using RowStore again = RowStore.Open(options);
        Assert.Equal((2L, 12L), (again.Recovery.Checkpoint, again.Offsets["batches"]));
        AssertAll(again, keys);
    }

    [SmallDiskFact]
    public void Checkpoint_on_a_full_disk_is_refused_and_the_one_before_stays_good()
    {
        using var disk = new SmallDisk(6);
        RowStoreOptions options = _sizes.Options with { Directory = Path.Combine(disk.Directory, "rows"), IndexBytes = 64 << 10 };
        int keys;
        using (RowStore store = RowStore.Open(options))
        {
            store.Register(Table, "item", 16, RowPrecision.Int8);
            keys = Fill(store, 0, 10);
            store.Checkpoint(new Dictionary<string, long> { ["batches"] = 10 });
            using (var rest = new FileStream(Path.Combine(disk.Directory, "rest"), FileMode.Create))
            {
                Assert.Throws<IOException>(() => FillUp(rest));
            }

            Fill(store, keys, 1);
            for (int attempt = 0; attempt < 3; attempt++)
                Assert.Throws<RowStoreException>(() => store.Checkpoint(new Dictionary<string, long> { ["batches"] = 11 }));
        }

        using RowStore again = RowStore.Open(options);
        Assert.Equal((1L, 10L, 0), (again.Recovery.Checkpoint, again.Offsets["batches"], again.Recovery.Warnings.Count));
        AssertAll(again, keys);
    }

    private static void FillUp(FileStream file)
    {
        byte[] block = new byte[4096];
        while (file.Length < 1 << 30)
        {
            file.Write(block);
            file.Flush();
        }
    }

    /// <summary>Adds batches of 500 new keys and gives the number of keys then.</summary>
    private static int Fill(RowStore store, int keys, int batches, Action<int>? acknowledged = null)
    {
        for (int b = 0; b < batches; b++)
        {
            store.Apply(Table, [.. Enumerable.Range(keys, 500).Select(key => RowDelta.OfEncoded((ulong)key, 1, RowPrecision.Int8, Row(key)))]);
            acknowledged?.Invoke(keys += 500);
            keys += acknowledged is null ? 500 : 0;
        }

        return keys;
    }

    private static void AssertAll(RowStore store, int keys)
    {
        var batch = new TierBatch();
        for (int key = 0; key < keys; key++)
            batch.Add(Table, (ulong)key, 0);
        store.Find(batch);
        Assert.Equal((0, keys), (batch.Missing, batch.Count));
        Assert.All(Enumerable.Range(0, keys), key => Assert.Equal(Row(key), batch.Row(key).ToArray()));
    }

    private static byte[] Row(int key)
    {
        byte[] row = new byte[24];
        BitConverter.TryWriteBytes(row, key);
        return row;
    }
}
