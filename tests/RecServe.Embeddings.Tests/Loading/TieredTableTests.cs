using RecServe.Artifacts;
using RecServe.Kernels;

namespace RecServe.Embeddings.Tests;

/// <summary>Tables put together of process memory, a real store on disk and a real Redis server.</summary>
[Collection(NativeMemoryTests.Name)]
public sealed class TieredTableTests : IDisposable
{
    private const int Width = 9, Rows = 30_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("recserve-tiers-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Gather_from_a_cache_over_a_store_equals_the_package_and_every_key_is_counted_once()
    {
        PackageTable package = Package("large", Rows, seed: 1), small = Package("small", 40, seed: 2);
        var reference = new ReferenceTable(package);
        using RowStore store = Open();
        using EmbeddingTableSet tables = Loader(store, hotBytes: 400_000).Load("run", [package, small]);
        Assert.InRange(tables.HotBytes, 200_000, 400_000);
        Assert.Equal(40, tables[1].Measure().Rows);
        GatherCounts total = default;
        var random = new Random(5);
        var scratch = new GatherScratch();
        for (int round = 0; round < 60; round++)
        {
            ulong[] keys = [.. Enumerable.Range(0, 700).Select(_ => random.Next(20) == 0 ? (ulong)random.Next(9) : package.Keys[(int)(random.NextDouble() * random.NextDouble() * Rows)])];
            float[] values = new float[keys.Length * Width];
            GatherCounts counts = tables[0].Gather(new RowLookup(keys, [], [], true, new VectorPlace(Width, 0, Width, -1)), values, scratch);
            for (int i = 0; i < keys.Length; i++)
                Assert.Equal(reference.Row(keys[i]).ToArray(), values.AsSpan(i * Width, Width).ToArray());
            Assert.Equal(keys.Distinct().Count(), counts.Requested);
            Assert.Equal(keys.Distinct().Count(key => !package.Keys.Contains(key)), counts.Default);
            total += counts;
        }

        // 30,000 rows of 36 bytes: some 10,000 fit the cache, a tenth the store's memory.
        Assert.True(total.Hot > 0 && total.FasterMemory > 0 && total.FasterDisk > 0, total.ToString());
        Assert.Equal(0, total.Redis);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(400_000)]
    public void Updates_outlive_the_process_and_reach_process_memory_again(long hotBytes)
    {
        PackageTable package = Package("large", Rows, seed: 1);
        ulong changed = package.Keys[17], deleted = package.Keys[Rows - 3];
        float[] row = [.. Enumerable.Range(0, Width).Select(i => (float)i)];
        using (RowStore store = Open())
        {
            using EmbeddingTableSet tables = Loader(store, hotBytes).Load("run", [package]);
            Assert.Equal(new ApplyResult(3, 0, 0, -1, ApplyRefusal.None), tables[0].Apply([RowDelta.Of(changed, 5, row), RowDelta.Of(77, 5, row), RowDelta.Deletion(deleted, 6)]));
            Check(tables[0], package);
            store.Checkpoint(new Dictionary<string, long> { ["rows:0"] = 3 });
        }

        using (RowStore store = Open())
        {
            Assert.Equal(3, store.Offsets["rows:0"]);
            using EmbeddingTableSet tables = Loader(store, hotBytes).Load("run", [package]);
            Check(tables[0], package);
            Assert.Equal(0, tables[0].Apply([RowDelta.Of(changed, 5, new float[Width])]).Applied);
        }

        void Check(EmbeddingTable table, PackageTable package)
        {
            float[] values = new float[4 * Width];
            GatherCounts counts = table.Gather(new RowLookup([changed, 77, deleted, package.Keys[100]], [], [], true, new VectorPlace(Width, 0, Width, -1)), values, new GatherScratch());
            Assert.Equal([.. row, .. row, .. package.Unknown!, .. package.Rows.AsSpan(100 * Width, Width)], values);
            Assert.Equal((4, 1), (counts.Requested, counts.Default));
        }
    }

    [Fact]
    public void Readers_beside_a_writer_never_see_a_row_older_than_was_acknowledged()
    {
        PackageTable package = Package("large", Rows, seed: 3);
        using RowStore store = Open();
        using EmbeddingTableSet tables = Loader(store, hotBytes: 300_000).Load("run", [package]);
        EmbeddingTable table = tables[0];
        int[] acknowledged = new int[64];
        bool stop = false;
        int torn = 0, stale = 0;
        long reads = 0;
        Thread[] readers = [.. Enumerable.Range(0, 2).Select(seed => new Thread(() =>
        {
            var random = new Random(seed);
            var scratch = new GatherScratch();
            float[] values = new float[40 * Width];
            ulong[] keys = new ulong[40];
            int[] least = new int[40];
            while (!Volatile.Read(ref stop))
            {
                // Some others between them, so that the cache turns over and the changed rows leave and come back.
                for (int i = 0; i < keys.Length; i++)
                {
                    int hot = random.Next(64);
                    keys[i] = i % 2 == 0 ? package.Keys[hot * 7] : package.Keys[random.Next(Rows)];
                    least[i] = i % 2 == 0 ? Volatile.Read(ref acknowledged[hot]) : 0;
                }

                table.Gather(new RowLookup(keys, [], [], true, new VectorPlace(Width, 0, Width, -1)), values, scratch);
                for (int i = 0; i < keys.Length; i += 2)
                {
                    ReadOnlySpan<float> read = values.AsSpan(i * Width, Width);
                    if (least[i] == 0)
                        continue;
                    if (read.ContainsAnyExcept(read[0]))
                        Interlocked.Increment(ref torn);
                    else if (read[0] < least[i])
                        Interlocked.Increment(ref stale);
                    Interlocked.Increment(ref reads);
                }
            }
        }))];
        foreach (Thread reader in readers)
            reader.Start();

        // On a busy machine the readers may get the core late.
        for (int version = 1; version <= 400 || Interlocked.Read(ref reads) <= 1000; version++)
        {
            float[] row = new float[Width];
            Array.Fill(row, version);
            RowDelta[] deltas = [.. Enumerable.Range(0, 64).Select(hot => RowDelta.Of(package.Keys[hot * 7], (ulong)version, row))];
            table.Apply(deltas);
            for (int hot = 0; hot < 64; hot++)
                Volatile.Write(ref acknowledged[hot], version);
        }

        Volatile.Write(ref stop, true);
        foreach (Thread reader in readers)
            reader.Join();
        Assert.Equal((0, 0), (torn, stale));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_row_that_leaves_process_memory_between_two_looks_for_its_key_is_what_the_first_look_found(bool asksBelow)
    {
        using RowStore store = Open();
        using var table = new EmbeddingTable(new TableId(7), "leaving", new LeavingRows(), new RowTiers { Store = store });
        float[] values = [-1, -1, -1, -1, -1, -1];
        GatherCounts counts = table.Gather(new RowLookup([5, 5, asksBelow ? 6ul : 5], [], [], true, new VectorPlace(2, 0, 2, -1)), values, new GatherScratch());
        Assert.Equal(asksBelow ? [3, 4, 3, 4, 9, 9] : [3, 4, 3, 4, 3, 4], values);
        Assert.Equal((1, asksBelow ? 1 : 0), (counts.Hot, counts.Default));
    }

    /// <summary>Has the row of the first key it is asked for, and has no other by the time it comes to the others.</summary>
    private sealed class LeavingRows : IHotRows
    {
        public int Width => 2;

        public bool IsComplete => false;

        public int Gather(ReadOnlySpan<ulong> keys, Span<float> values, Span<bool> found = default)
        {
            values.Fill(9);
            found.Clear();
            (values[0], values[1], found[0]) = (3, 4, true);
            return 1;
        }

        public ApplyResult Apply(ReadOnlySpan<RowDelta> deltas) => default;

        public RowPrecision? PrecisionOf(ulong key) => null;

        public long Stamp(ulong key) => 0;

        public bool Promote(ulong key, ulong version, RowPrecision precision, ReadOnlySpan<byte> row, long stamp) => false;

        public HotRowBytes Measure() => new([], 0);

        public void Dispose()
        {
        }
    }

    [RedisFact]
    public void A_row_that_another_node_learned_is_found_in_Redis_and_counted_there()
    {
        PackageTable package = Package("large", 500, seed: 1);
        using var server = new RedisServer();
        using SharedRows here = Connect(server), there = Connect(server);
        using EmbeddingTableSet mine = new TableLoader(Tiers(here), new TableLoaderOptions()).Load("run", [package]);
        using EmbeddingTableSet theirs = new TableLoader(Tiers(there), new TableLoaderOptions()).Load("run", [package]);
        float[] row = [.. Enumerable.Range(0, Width).Select(i => (float)i)], values = new float[2 * Width];
        theirs[0].Apply([RowDelta.Of(77, 5, row)]);
        Assert.True(there.DrainedAsync(TimeSpan.FromSeconds(20)).GetAwaiter().GetResult());
        GatherCounts counts = mine[0].Gather(new RowLookup([77, package.Keys[3]], [], [], true, new VectorPlace(Width, 0, Width, -1)), values, new GatherScratch());
        Assert.Equal(new GatherCounts(1, 0, 1, 0, 0), counts);
        Assert.Equal([.. row, .. package.Rows.AsSpan(3 * Width, Width)], values);

        // Found once, it is here.
        Assert.Equal(1, mine[0].Gather(new RowLookup([77], [], [], true, new VectorPlace(Width, 0, Width, -1)), new float[Width], new GatherScratch()).Hot);

        static RowTiers Tiers(SharedRows shared) => new() { Shared = shared, SharedBudget = TimeSpan.FromSeconds(5) };
        static SharedRows Connect(RedisServer server)
        {
            var shared = new SharedRows(new SharedRowsOptions { ConnectionString = server.ConnectionString, Timeout = TimeSpan.FromSeconds(1) });
            Assert.True(SpinWait.SpinUntil(() => shared.State == SharedRowsState.Closed, TimeSpan.FromSeconds(20)));
            return shared;
        }
    }

    [Fact]
    public void Equal_tables_of_one_lineage_are_one_table_and_those_of_another_are_not()
    {
        var loader = new TableLoader(RowTiers.None, new TableLoaderOptions());
        PackageTable package = Package("large", 50, seed: 1), other = Package("other", 50, seed: 2);
        var told = new List<TableLoadProgress>();
        using EmbeddingTableSet first = loader.Load("run", [package, other]);
        EmbeddingTableSet second = loader.Load("run", [package, other with { Sha256 = new string('c', 64) }], new Told(told));
        using EmbeddingTableSet third = loader.Load("another run", [package]);
        Assert.Same(first[0], second[0]);
        Assert.NotSame(first[1], second[1]);
        Assert.NotSame(first[0], third[0]);
        Assert.Equal([true, false], told.Select(p => p.IsShared));
        Assert.Equal((2, 2, "other", 50L), (told[1].Done, told[1].Tables, told[1].Name, told[1].Rows));
        second[1].Dispose();
    }

    [Fact]
    public void A_budget_without_a_store_is_refused() =>
        Assert.Throws<ArgumentException>(() => new TableLoader(RowTiers.None, new TableLoaderOptions { HotBytes = 1 << 20 }));

    private static TableLoader Loader(RowStore store, long hotBytes) =>
        new(new RowTiers { Store = store }, new TableLoaderOptions { HotBytes = hotBytes });

    private RowStore Open() => RowStore.Open(new RowStoreOptions { Directory = _folder, LogMemoryBytes = 2 << 20, IndexBytes = 1 << 20 });

    private static PackageTable Package(string name, int rows, int seed) =>
        SampleTable.Of(SampleTable.Keys("random", rows), Width, unknown: true, seed) with { Name = name, Sha256 = new string(name[0] == 'l' ? 'a' : 'b', 64) };

    private sealed class Told(List<TableLoadProgress> list) : IProgress<TableLoadProgress>
    {
        public void Report(TableLoadProgress value) => list.Add(value);
    }
}
