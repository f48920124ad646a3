using RecServe.Kernels;

namespace RecServe.Embeddings.Tests.Store;

/// <summary>What stands after the store was closed without a word, as a kill would close it.</summary>
public sealed class RowStoreRecoveryTests : IDisposable
{
    private static readonly TableId Table = new(99);

    private readonly TemporaryStore _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Open_after_a_checkpoint_gives_its_rows_offsets_tables_and_counts()
    {
        using var reference = new ReferenceRowStore();
        using (RowStore store = _directory.Open())
        {
            Assert.Equal((0L, 0), (store.Recovery.Checkpoint, store.Recovery.Warnings.Count));
            Fill(store, reference, 0, 40_000);
            store.Load(Table).Add([1_000_000], RowPrecision.Int8, new byte[24]);
            reference.Load(Table).Add([1_000_000], RowPrecision.Int8, new byte[24]);
            CheckpointResult result = store.Checkpoint(new Dictionary<string, long> { ["rows/0"] = 17, ["rows/1"] = long.MaxValue });
            Assert.Equal((1L, true), (result.Number, result.WithIndex));

            // Beyond the checkpoint: gone when the process is.
            store.Apply(Table, [RowDelta.Of(1, ulong.MaxValue, new float[16])]);
        }

        using RowStore again = _directory.Open();

        Assert.Equal((1L, 0), (again.Recovery.Checkpoint, again.Recovery.Warnings.Count));
        Assert.Equal(new Dictionary<string, long> { ["rows/0"] = 17, ["rows/1"] = long.MaxValue }, again.Offsets);
        StoreEquality.Same(reference, again, Table);
        StoredTable table = Assert.Single(again.Measure().Tables);
        Assert.Equal((reference.Measure().Rows, reference.Measure().Tombstones, 1L, "item"), (table.Rows, table.Tombstones, table.LoadedRows, table.Name));
    }

    [Fact]
    public void Open_after_a_kill_right_behind_the_first_checkpoint_of_an_empty_store_gives_an_empty_store()
    {
        using (RowStore store = _directory.Open())
        {
            store.Register(Table, "item", 16, RowPrecision.Int8);
            store.Checkpoint(new Dictionary<string, long> { ["rows"] = 3 });
        }

        // No record was written: the file of the log has whatever the kill left, nothing at the least.
        File.WriteAllBytes(Path.Combine(_directory.Directory, "log.0"), []);
        using var reference = new ReferenceRowStore();
        using (RowStore store = _directory.Open())
        {
            Assert.Equal((1L, 0, 3L), (store.Recovery.Checkpoint, store.Recovery.Warnings.Count, store.Offsets["rows"]));
            Fill(store, reference, 0, 5_000);
            store.Checkpoint(store.Offsets);
        }

        using RowStore again = _directory.Open();
        StoreEquality.Same(reference, again, Table);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void Open_after_many_checkpoints_of_a_table_larger_than_memory_gives_the_last()
    {
        using var reference = new ReferenceRowStore();
        for (int life = 0; life < 4; life++)
        {
            using RowStore store = _directory.Open();
            Assert.Equal(3L * life, store.Recovery.Checkpoint);
            for (int round = 0; round < 3; round++)
            {
                Fill(store, reference, ((life * 3) + round) * 15_000, 25_000);
                store.Checkpoint(new Dictionary<string, long> { ["rows"] = (life * 3) + round });
            }

            StoreEquality.Same(reference, store, Table);
            Assert.True(store.Measure().LogBytes > 2 * store.Measure().MemoryBytes);
        }

        using RowStore last = _directory.Open();
        Assert.Equal(11, last.Offsets["rows"]);
        StoreEquality.Same(reference, last, Table);
        Assert.Equal((0L, 0L), (last.Measure().ReadErrors, last.Measure().DamagedRows));
    }

    [Fact]
    public void Open_of_a_directory_in_use_names_the_process()
    {
        using RowStore store = _directory.Open();

        var refusal = Assert.Throws<RowStoreException>(() => _directory.Open());

        Assert.Contains(_directory.Directory, refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"process {Environment.ProcessId}", refusal.Message, StringComparison.Ordinal);
    }

    private static void Fill(RowStore store, ReferenceRowStore reference, int firstKey, int count)
    {
        var random = new Random(firstKey);
        store.Register(Table, "item", 16, RowPrecision.Int8);
        reference.Register(Table, "item", 16, RowPrecision.Int8);
        foreach (int[] keys in Enumerable.Range(firstKey, count).Chunk(3000))
        {
            RowDelta[] deltas = [.. keys.Select(key => random.Next(20) == 0
                ? RowDelta.Deletion((ulong)key, (ulong)firstKey + 2)
                : RowDelta.Of((ulong)key, (ulong)firstKey + 1, Enumerable.Range(0, 16).Select(_ => random.NextSingle()).ToArray()))];
            Assert.Equal(reference.Apply(Table, deltas), store.Apply(Table, deltas));
        }
    }
}
