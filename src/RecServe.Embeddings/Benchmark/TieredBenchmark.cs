using System.Diagnostics;
using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>
/// Measures gathers of a table that is larger than its memory, as a server makes them: a cache of hot rows over a store on disk, found rows promoted. Rows are
/// computed from their keys, so that no copy of them takes memory, and compared with what comes back.
/// </summary>
public sealed class TieredBenchmark(TieredBenchmarkOptions options, IProgress<string>? progress)
{
    // What a record of the log takes beside the row: header, key, version and the like.
    private const int RecordBytes = 48;

    private const int Chunk = 50_000, CompareEvery = 20;

    private readonly TableId _id = new(0x7E1ED);
    private readonly int _rowBytes = RowCodec.RowBytes(options.Precision, options.Dim);

    /// <summary>Imports the rows, opens the store again with little memory and measures.</summary>
    /// <param name="cancellation">Stops between two gathers.</param>
    public TieredBenchmarkResult Run(CancellationToken cancellation)
    {
        // A store keeps the size of page that it was made with, and with it the least memory: it is imported with what it is measured with.
        long logMemory = Math.Max(2 << 20, (long)((double)options.Rows * (RecordBytes + _rowBytes) * options.MemoryShare * 0.4));
        long hotBytes = (long)(Import(logMemory, cancellation) * options.MemoryShare * 0.6);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        long before = Environment.WorkingSet;
        using RowStore store = RowStore.Open(Options(logMemory), progress);
        using var hot = new CachedTable(new CachedTableOptions { Dim = options.Dim, Budget = hotBytes, Precision = options.Precision, Seed = 7 });
        using var table = new EmbeddingTable(_id, "bench", hot, new RowTiers { Store = store });
        var ranks = new ZipfRanks(options.Rows, options.Skew, options.Seed);
        var scratch = new GatherScratch();
        ulong[] keys = new ulong[options.Batch];
        float[] values = new float[(long)options.Batch * options.Dim], expected = new float[options.Dim];
        var place = new VectorPlace(options.Dim, 0, options.Dim, -1);
        double[] times = new double[options.Gathers];
        GatherCounts total = default;
        long wrong = 0, compared = 0;
        int warm = Math.Max(1, options.Gathers / 10);
        progress?.Report($"{warm:N0} gathers to warm up, then {options.Gathers:N0}");
        for (int g = -warm; g < options.Gathers; g++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (int j = 0; j < keys.Length; j++)
                keys[j] = KeyOf(ranks.Next());
            long start = Stopwatch.GetTimestamp();
            GatherCounts counts = table.Gather(new RowLookup(keys, [], [], true, place), values, scratch);
            if (g >= 0)
                (times[g], total) = (Stopwatch.GetElapsedTime(start).TotalMilliseconds, total + counts);
            for (int j = 0; j < keys.Length && g % CompareEvery == 0; j++, compared++)
            {
                RowCodec.Decode(options.Precision, RowOf(keys[j]), expected);
                wrong += values.AsSpan(j * options.Dim, options.Dim).SequenceEqual(expected) ? 0 : 1;
            }
        }

        Array.Sort(times);
        HotRowBytes held = hot.Measure();
        return new TieredBenchmarkResult(total, (long)options.Gathers * options.Batch, times[times.Length / 2], times[(int)(times.Length * 0.99)], wrong, compared,
            held.Total, held.Rows, store.Measure(), logMemory, Environment.WorkingSet, before);
    }

    private RowStoreOptions Options(long logMemory) => new()
    {
        Directory = options.Directory,
        LogMemoryBytes = logMemory,
        IndexBytes = Math.Max(1 << 20, options.Rows / 7L * 64),
        DirectIO = options.DirectIO,
    };

    /// <summary>Imports every row; gives the log's bytes.</summary>
    private long Import(long logMemory, CancellationToken cancellation)
    {
        using RowStore store = RowStore.Open(Options(logMemory), progress);
        store.Register(_id, "bench", options.Dim, options.Precision);
        RowLoad load = store.Load(_id);
        ulong[] keys = new ulong[Chunk];
        byte[] rows = new byte[Chunk * _rowBytes];
        for (int first = 0; first < options.Rows; first += Chunk)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(Chunk, options.Rows - first);
            for (int i = 0; i < count; i++)
            {
                keys[i] = KeyOf(Scattered(first + i));
                RowOf(keys[i]).CopyTo(rows.AsSpan(i * _rowBytes));
            }

            load.Add(keys.AsSpan(0, count), options.Precision, rows.AsSpan(0, count * _rowBytes));
            if (first / Chunk % 20 == 0)
                progress?.Report($"imported {first + count:N0} of {options.Rows:N0} rows");
        }

        load.Complete();
        store.Checkpoint(store.Offsets);
        return store.Measure().LogBytes;
    }

    // Popular keys must not be neighbours in the log: a page of them would be hot as a whole.
    private int Scattered(int number)
    {
        long multiplier = 1_000_003;
        while (options.Rows % multiplier == 0)
            multiplier += 2;
        return (int)(number * multiplier % options.Rows);
    }

    private static ulong KeyOf(int rank)
    {
        ulong z = ((ulong)rank + 11) * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        return z ^ (z >> 27);
    }

    [ThreadStatic]
    private static byte[]? _row;

    /// <summary>The row of a key: numbers drawn from it, encoded. Valid until the next call.</summary>
    private ReadOnlySpan<byte> RowOf(ulong key)
    {
        byte[] row = _row ??= new byte[4 * RowCodec.MaxDim];
        Span<float> values = stackalloc float[options.Dim];
        for (int d = 0; d < values.Length; d++)
        {
            key = (key * 6364136223846793005) + 1442695040888963407;
            values[d] = (int)(key >> 40) / 16777216f;
        }

        RowCodec.Encode(options.Precision, values, row.AsSpan(0, _rowBytes));
        return row.AsSpan(0, _rowBytes);
    }
}
