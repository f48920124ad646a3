using RecServe.Kernels;

namespace RecServe.Embeddings.Tests.Store;

/// <summary>
/// Readers, a writer, checkpoints and reclaiming at once, on a log larger than its memory: every row's bytes follow from its key and version, so that a mix of two
/// rows shows, and each key's acknowledged version is known, so that an older row shows.
/// </summary>
public sealed class RowStoreContentionTests : IDisposable
{
    private const int Keys = 30_000;

    private static readonly TableId Table = new(77);

    // RECSERVE_TEST_BATCHES=20000 runs for minutes.
    private static readonly int Batches =
        int.TryParse(Environment.GetEnvironmentVariable("RECSERVE_TEST_BATCHES"), out int batches) ? batches : 250;

    private readonly TemporaryStore _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Find_beside_updates_checkpoints_and_reclaims_sees_only_whole_and_acknowledged_rows()
    {
        long[] acknowledged = new long[Keys];
        string? fault = null;
        long found = 0, disk = 0, checkpoints = 0, reclaimed = 0;
        using (RowStore store = _directory.Open())
        {
            store.Register(Table, "item", 16, RowPrecision.Int8);
            using var done = new CancellationTokenSource();
            Thread[] threads =
            [
                .. Enumerable.Range(0, 2).Select(reader => Run(() =>
                {
                    var random = new Random(reader);
                    var batch = new TierBatch();
                    long[] floor = new long[400];
                    while (!done.IsCancellationRequested)
                    {
                        batch.Clear();
                        for (int i = 0; i < floor.Length; i++)
                        {
                            // Distinct, as a request's keys are.
                            int key = (random.Next(Keys / floor.Length) * floor.Length) + i;
                            floor[i] = Volatile.Read(ref acknowledged[key]);
                            batch.Add(Table, (ulong)key, 0);
                        }

                        store.Find(batch);
                        for (int i = 0; i < floor.Length; i++)
                            Look(batch, i, floor[i]);
                    }
                })),
                Run(() =>
                {
                    for (long number = 1; !done.IsCancellationRequested; number++)
                    {
                        store.Checkpoint(new Dictionary<string, long> { ["batches"] = number });
                        reclaimed += store.Reclaim();
                        Volatile.Write(ref checkpoints, number);
                    }
                }),
            ];
            var random = new Random(9);
            for (int b = 1; b <= Batches && fault is null; b++)
            {
                var deltas = new RowDelta[600];
                for (int i = 0; i < deltas.Length; i++)
                {
                    ulong key = (ulong)random.Next(random.Next(3) == 0 ? 100 : Keys), version = ((ulong)b * 1000) + (ulong)i;
                    deltas[i] = random.Next(50) == 0 ? RowDelta.Deletion(key, version) : RowDelta.OfEncoded(key, version, RowPrecision.Int8, Stamp(key, version));
                }

                ApplyResult result = store.Apply(Table, deltas);
                if (result.Applied != deltas.Length)
                    fault ??= $"{result}";
                foreach (RowDelta delta in deltas)
                    Volatile.Write(ref acknowledged[delta.Key], (long)delta.Version);
            }

            // A busy machine may not have come to a second checkpoint yet.
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref checkpoints) > 1 || Volatile.Read(ref fault) is not null, TimeSpan.FromSeconds(60)));
            done.Cancel();
            foreach (Thread thread in threads)
                thread.Join();
            Assert.Null(fault);
            Assert.True(found > 1000 && disk > 0 && checkpoints > 1 && reclaimed > 0, $"{found} found, {disk} on disk, {checkpoints} checkpoints, {reclaimed} reclaimed");
            Assert.Equal((0L, 0L, 0L), (store.Measure().DamagedRows, store.Measure().ReadErrors, store.FailedBatches));
            store.Checkpoint(new Dictionary<string, long>());
        }

        using RowStore again = _directory.Open();
        var all = new TierBatch();
        for (int key = 0; key < Keys; key++)
            all.Add(Table, (ulong)key, 0);
        again.Find(all);
        for (int key = 0; key < Keys; key++)
        {
            Look(all, key, acknowledged[key]);
            if (acknowledged[key] > 0)
                Assert.Equal((ulong)acknowledged[key], all.Version(key));
        }

        Assert.Null(fault);
        return;

        void Look(TierBatch batch, int i, long floor)
        {
            bool isThere = batch.Tier(i) != RowTier.None || batch.IsDeleted(i);
            Interlocked.Add(ref found, isThere ? 1 : 0);
            Interlocked.Add(ref disk, batch.Tier(i) == RowTier.FasterDisk ? 1 : 0);
            if ((isThere ? (long)batch.Version(i) : 0) < floor)
                Volatile.Write(ref fault, $"key {batch.Key(i)}: version {batch.Version(i)} after {floor} was acknowledged");
            else if (batch.Tier(i) != RowTier.None && !batch.Row(i).SequenceEqual(Stamp(batch.Key(i), batch.Version(i))))
                Volatile.Write(ref fault, $"key {batch.Key(i)}: torn at version {batch.Version(i)}");
        }

        Thread Run(Action work)
        {
            var thread = new Thread(() =>
            {
                try
                {
                    work();
                }
                catch (Exception e)
                {
                    Volatile.Write(ref fault, e.ToString());
                }
            });
            thread.Start();
            return thread;
        }
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(1 << 20, 4)] // what the fold before the journal's needs is kept too
    [Trait("Category", "Slow")]
    public void Reclaim_keeps_log_and_disk_within_a_bound_of_the_live_rows_and_every_row(long journal, int most)
    {
        using RowStore store = RowStore.Open(_directory.Options with { JournalBytes = journal });
        store.Register(Table, "item", 16, RowPrecision.Int8);
        long reclaimed = 0;
        for (ulong round = 1; round <= 30; round++)
        {
            foreach (int[] keys in Enumerable.Range(0, 20_000).Chunk(1000))
                store.Apply(Table, [.. keys.Select(key => RowDelta.OfEncoded((ulong)key, round, RowPrecision.Int8, Stamp((ulong)key, round)))]);
            store.Checkpoint(new Dictionary<string, long> { ["round"] = (long)round });
            for (long more; (more = store.Reclaim()) > 0; reclaimed += more)
                store.Checkpoint(new Dictionary<string, long> { ["round"] = (long)round });
        }

        store.Checkpoint(new Dictionary<string, long> { ["round"] = 30 });
        store.Checkpoint(new Dictionary<string, long> { ["round"] = 30 });
        RowStoreSnapshot now = store.Measure();

        // 30 rounds wrote 30 times the live bytes.
        Assert.True(reclaimed > 20 * now.LiveLogBytes, $"{reclaimed} reclaimed, {now.LiveLogBytes} live");
        Assert.True(now.LogBytes < 2.2 * now.LiveLogBytes, $"{now.LogBytes} in the log, {now.LiveLogBytes} live");
        Assert.True(now.DiskBytes < (most * now.LiveLogBytes) + (2 << 20), $"{now.DiskBytes} on disk, {now.LiveLogBytes} live");
        Assert.Equal(20_000, now.Rows);
        var batch = new TierBatch();
        for (int key = 0; key < 20_000; key++)
            batch.Add(Table, (ulong)key, 0);
        store.Find(batch);
        Assert.All(Enumerable.Range(0, batch.Count), i => Assert.Equal(30UL, batch.Version(i)));
    }

    [Fact]
    public void Reclaim_moves_rows_whole_wherever_its_steps_end()
    {
        const int Count = 40_000;
        using RowStore store = _directory.Open();
        store.Register(Table, "item", 16, RowPrecision.Int8);
        ulong[] versions = new ulong[Count];
        var random = new Random(5);
        int reclaims = 0;
        for (ulong round = 1; reclaims < 40; round++)
        {
            // Some rows of every age stay live, and the longer rows of fp32 shift where the records lie.
            int[] keys = [.. Enumerable.Range(0, Count).Where(_ => round == 1 || random.Next(4) == 0)];
            foreach (int[] some in keys.Chunk(1000))
            {
                store.Apply(Table, [.. some.Select(key => random.Next(2) == 0
                    ? RowDelta.OfEncoded((ulong)key, round, RowPrecision.Fp32, new byte[64])
                    : RowDelta.OfEncoded((ulong)key, round, RowPrecision.Int8, Stamp((ulong)key, round)))]);
                foreach (int key in some)
                    versions[key] = round;
            }

            store.Checkpoint(new Dictionary<string, long> { ["round"] = (long)round });
            reclaims += store.Reclaim() > 0 ? 1 : 0;
        }

        var batch = new TierBatch();
        for (int key = 0; key < Count; key++)
            batch.Add(Table, (ulong)key, 0);
        store.Find(batch);
        Assert.All(Enumerable.Range(0, Count), key => Assert.Equal(versions[key], batch.Version(key)));
        Assert.Equal(0, store.Measure().DamagedRows);
    }

    private static byte[] Stamp(ulong key, ulong version)
    {
        byte[] row = new byte[24];
        new Random(HashCode.Combine(key, version) & int.MaxValue).NextBytes(row.AsSpan(0, 16));
        return row;
    }
}
