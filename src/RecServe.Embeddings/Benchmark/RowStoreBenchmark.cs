using System.Diagnostics;
using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>
/// Measures look-ups of a <see cref="RowStore"/> that is larger than its memory, as they come from below hot rows: the distinct keys of a gather that are not hot,
/// in one batch. Every row that comes back is compared with what was stored.
/// </summary>
public sealed class RowStoreBenchmark(RowStoreBenchmarkOptions options, IProgress<string>? progress)
{
    private const int LoadChunk = 50_000;

    private readonly TableId _table = new(0xBE7C4);
    private readonly int _rowBytes = RowCodec.RowBytes(options.Precision, options.Dim);

    /// <summary>Imports the rows, opens the store again and measures.</summary>
    /// <param name="cancellation">Stops between two gathers.</param>
    public RowStoreBenchmarkResult Run(CancellationToken cancellation)
    {
        (double rowsPerSecond, double checkpointMs) = Load(cancellation);

        // What the import took is no part of the memory that serving takes.
        GC.Collect();
        using RowStore store = RowStore.Open(options.Store, progress);
        double recoveryMs = store.Recovery.Duration.TotalMilliseconds;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        long updates = 0;
        var writer = new Thread(() => updates = Update(store, stop.Token));
        writer.Start();
        var ranks = new ZipfRanks(options.Rows, options.Skew, options.Seed);
        HashSet<int> distinct = [];
        var batch = new TierBatch();
        double[] times = new double[options.Batches];
        long hot = 0, asked = 0, memory = 0, disk = 0, lost = 0, wrong = 0;
        for (int b = -5; b < options.Batches; b++)
        {
            cancellation.ThrowIfCancellationRequested();
            distinct.Clear();
            batch.Clear();
            int above = 0;
            for (int j = 0; j < options.Batch; j++)
            {
                int rank = ranks.Next();
                if (rank < options.HotRows)
                    above++;
                else if (distinct.Add(rank))
                    batch.Add(_table, KeyOf(Scattered(rank)), 0);
            }

            long start = Stopwatch.GetTimestamp();
            store.Find(batch);
            if (b < 0)
                continue;
            times[b] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            (hot, asked, lost) = (hot + above, asked + batch.Count, lost + batch.Missing);
            for (int i = 0; i < batch.Count; i++)
            {
                memory += batch.Tier(i) == RowTier.FasterMemory ? 1 : 0;
                disk += batch.Tier(i) == RowTier.FasterDisk ? 1 : 0;
                wrong += batch.Tier(i) != RowTier.None && !batch.Row(i).SequenceEqual(RowOf(batch.Key(i), batch.Version(i))) ? 1 : 0;
            }
        }

        stop.Cancel();
        writer.Join();
        double[] sorted = [.. times.Order()];
        using Process process = Process.GetCurrentProcess();
        return new RowStoreBenchmarkResult((long)options.Batch * options.Batches, hot, asked, memory, disk, lost, wrong, sorted[sorted.Length / 2],
            sorted[(int)(0.99 * (sorted.Length - 1))], sorted[^1], 1e6 * times.Sum() / Math.Max(1, asked), rowsPerSecond, checkpointMs, recoveryMs, updates,
            process.WorkingSet64, store.Measure());
    }

    private (double RowsPerSecond, double CheckpointMs) Load(CancellationToken cancellation)
    {
        using RowStore store = RowStore.Open(options.Store, progress);
        store.Register(_table, "bench", options.Dim, options.Precision);
        RowLoad load = store.Load(_table);
        if (load.IsComplete)
            return (0, 0);
        progress?.Report($"importing {options.Rows:N0} rows");
        long start = Stopwatch.GetTimestamp();
        ulong[] keys = new ulong[LoadChunk];
        byte[] rows = new byte[LoadChunk * _rowBytes];
        for (int first = (int)load.Rows; first < options.Rows; first += LoadChunk)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(LoadChunk, options.Rows - first);
            for (int i = 0; i < count; i++)
            {
                keys[i] = KeyOf(first + i);
                RowOf(keys[i], 0).CopyTo(rows.AsSpan(i * _rowBytes));
            }

            load.Add(keys.AsSpan(0, count), options.Precision, rows.AsSpan(0, count * _rowBytes));
        }

        load.Complete();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        progress?.Report("checkpointing");
        return (options.Rows / seconds, store.Checkpoint(new Dictionary<string, long>()).Duration.TotalMilliseconds);
    }

    private long Update(RowStore store, CancellationToken stop)
    {
        const int size = 500;
        var random = new Random(options.Seed);
        long applied = 0;
        long start = Stopwatch.GetTimestamp();
        while (options.UpdatesPerSecond > 0 && !stop.IsCancellationRequested)
        {
            var deltas = new RowDelta[size];
            for (int i = 0; i < size; i++)
            {
                ulong key = KeyOf(random.Next(options.Rows)), version = (ulong)(applied + i + 1);
                deltas[i] = RowDelta.OfEncoded(key, version, options.Precision, RowOf(key, version));
            }

            store.Apply(_table, deltas);
            applied += size;
            TimeSpan ahead = TimeSpan.FromSeconds((double)applied / options.UpdatesPerSecond) - Stopwatch.GetElapsedTime(start);
            if (ahead > TimeSpan.Zero)
                stop.WaitHandle.WaitOne(ahead);
        }

        return applied;
    }

    /// <summary>Zeros with the key and the version in front, as far as they fit: finite in every precision, where they stand among the codes.</summary>
    private byte[] RowOf(ulong key, ulong version)
    {
        byte[] row = new byte[_rowBytes];
        int codes = _rowBytes - (options.Precision is RowPrecision.Int8 ? 8 : 4);
        ulong mark = (key ^ (version * 0x9E3779B97F4A7C15)) & 0x7F7F_7F7F_3F3F_3F3F;
        for (int i = 0; i < Math.Min(8, codes); i++)
            row[i] = (byte)(mark >> (8 * i));
        return row;
    }

    // Odd multiplier: popular rows are not neighbours in the log.
    private int Scattered(int rank) => (int)((long)rank * 1_000_003 % options.Rows);

    private ulong KeyOf(int row)
    {
        ulong z = ((ulong)row + (ulong)options.Seed) * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        return z ^ (z >> 27);
    }
}
