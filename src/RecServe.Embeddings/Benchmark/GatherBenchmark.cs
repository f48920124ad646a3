using System.Diagnostics;
using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>
/// Measures gathers of a <see cref="ResidentTable"/> beside an array of rows whose numbers are known, a copy of the same memory lines, and a
/// dictionary; all in one process, turn by turn, over the same draws, into the same buffer.
/// </summary>
public sealed class GatherBenchmark : IDisposable
{
    private const int Rounds = 11, Sides = 5;

    // Enough batches that their rows do not stay in a cache of 32 MB, and enough time for a turn not to be noise.
    private const int KeysDrawn = 3_000_000, KeysPerTurn = 400_000;

    private readonly GatherBenchmarkOptions _options;
    private readonly ResidentTable _table;
    private readonly Dictionary<long, int> _dictionary;
    private readonly ulong[][] _keys;
    private readonly int[][] _numbers;
    private readonly double _buildSeconds;
    private readonly GatherPeers? _peers;
    private DenseRows _dense;
    private int _distance = 32;

    /// <summary>Makes rows and draws keys; takes memory for the table, the array and the dictionary together.</summary>
    /// <param name="options">Sizes.</param>
    /// <param name="progress">Told what is being done; may be null.</param>
    public GatherBenchmark(GatherBenchmarkOptions options, IProgress<string>? progress = null)
    {
        _options = options;
        int rowBytes = RowCodec.RowBytes(options.Precision, options.Dim);
        progress?.Report($"encoding {options.Rows:N0} rows");
        byte[] rows = EncodeRows(options, rowBytes);
        progress?.Report("building the table");
        var watch = Stopwatch.StartNew();
        _table = BuildTable(options, rows, rowBytes, out _buildSeconds);
        progress?.Report($"built in {watch.Elapsed.TotalSeconds:0.0} s; filling the dictionary");
        _dictionary = new Dictionary<long, int>(options.Rows);
        for (int i = 0; i < options.Rows; i++)
            _dictionary.Add((long)KeyOf(i), i);
        progress?.Report("drawing keys");
        (_keys, _numbers) = Draw(options);
        progress?.Report("tuning the dense array");
        _dense = TuneDense(rows, rowBytes);
        if (options.Peers)
            _peers = new GatherPeers(options, [.. Enumerable.Range(0, options.Rows).Select(KeyOf)], rows, _keys, progress);
    }

    /// <summary>Measures every side in turn.</summary>
    /// <param name="cancellation">Stops between two turns.</param>
    public GatherBenchmarkResult Run(CancellationToken cancellation)
    {
        int threads = _options.Threads;
        double[] ours = new double[Rounds], dense = new double[Rounds], lines = new double[Rounds], dictionary = new double[Rounds],
            single = new double[Rounds];
        for (int round = -1; round < Rounds; round++)
        {
            // The first round warms up: compilation, page tables, the clock.
            int at = Math.Max(0, round), turn = (round + 1) * Sides;
            cancellation.ThrowIfCancellationRequested();
            ours[at] = Time(threads, turn, KeysPerTurn, (b, values) => _table.Gather(_keys[b], values));
            dense[at] = Time(threads, turn + 1, KeysPerTurn, (b, values) => _dense.Gather(_numbers[b], _distance, values));
            lines[at] = Time(threads, turn + 2, KeysPerTurn, (b, values) => _dense.CopyLines(_numbers[b], _distance, values));
            dictionary[at] = Time(threads, turn + 3, KeysPerTurn, ByDictionary) * _options.Batch / DictionaryKeys;
            single[at] = threads == 1 ? ours[at] : Time(1, turn + 4, KeysPerTurn, (b, values) => _table.Gather(_keys[b], values));
        }

        return new GatherBenchmarkResult(
            Median(ours), Median(dense), Median([.. ours.Zip(dense, (o, d) => o / d)]), Median(lines), Median(dictionary),
            Median([.. ours.Zip(dictionary, (o, d) => d / o)]), _distance, _dense.Stride,
            Median([.. ours.Zip(single, (all, one) => threads * one / all)]), Hits(), _buildSeconds, KernelSelection.Name, _table.Measure(),
            _peers?.Run((keys, values) => _table.Gather(keys, values), cancellation));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _table.Dispose();
        _dense.Dispose();
        _peers?.Dispose();
    }

    private int DictionaryKeys => Math.Min(_options.Batch, 1000);

    // Odd multiplier: a one-to-one map onto keys without pattern, as hashes of ids are.
    private ulong KeyOf(int row)
    {
        ulong z = ((ulong)row + _options.Seed) * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        return z ^ (z >> 27);
    }

    private static byte[] EncodeRows(GatherBenchmarkOptions options, int rowBytes)
    {
        // A few thousand different rows do: the cost of a gather does not depend on the numbers.
        var random = new Random((int)options.Seed);
        const int different = 4096;
        byte[] some = new byte[different * rowBytes], rows = GC.AllocateUninitializedArray<byte>(checked(options.Rows * rowBytes));
        float[] values = new float[options.Dim];
        for (int i = 0; i < different; i++)
        {
            for (int d = 0; d < values.Length; d++)
                values[d] = random.NextSingle() - 0.5f;
            RowCodec.Encode(options.Precision, values, some.AsSpan(i * rowBytes, rowBytes));
        }

        for (int i = 0; i < options.Rows; i++)
            some.AsSpan(i % different * rowBytes, rowBytes).CopyTo(rows.AsSpan(i * rowBytes));
        return rows;
    }

    private ResidentTable BuildTable(GatherBenchmarkOptions options, byte[] rows, int rowBytes, out double seconds)
    {
        var late = new Random((int)options.Seed + 1);
        List<RowDelta> deltas = [];
        ulong[] keys = new ulong[options.Rows];
        byte[] built = options.Inserted > 0 ? new byte[rows.Length] : rows;
        int count = 0;
        for (int i = 0; i < options.Rows; i++)
        {
            if (options.Inserted > 0 && late.NextDouble() * 100 < options.Inserted)
            {
                deltas.Add(RowDelta.OfEncoded(KeyOf(i), 1, options.Precision, rows.AsMemory(i * rowBytes, rowBytes)));
                continue;
            }

            if (built != rows)
                rows.AsSpan(i * rowBytes, rowBytes).CopyTo(built.AsSpan(count * rowBytes));
            keys[count++] = KeyOf(i);
        }

        long start = Stopwatch.GetTimestamp();
        var table = new ResidentTable(new ResidentTableOptions { Precision = options.Precision, Dim = options.Dim, Seed = options.Seed },
            keys.AsSpan(0, count), built.AsSpan(0, count * rowBytes));
        seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        foreach (RowDelta[] batch in deltas.Chunk(1000))
            table.Apply(batch);
        return table;
    }

    private (ulong[][] Keys, int[][] Numbers) Draw(GatherBenchmarkOptions options)
    {
        // Ranks are scattered over the rows, or the popular ones would share memory lines.
        var ranks = new ZipfRanks(options.Rows, options.Skew, (int)options.Seed);
        long multiplier = 1_000_003;
        while (options.Rows % multiplier == 0)
            multiplier += 2;
        int batches = Math.Max(2 * options.Threads, KeysDrawn / options.Batch);
        ulong[][] keys = new ulong[batches][];
        int[][] numbers = new int[batches][];
        for (int b = 0; b < batches; b++)
        {
            numbers[b] = new int[options.Batch];
            for (int j = 0; j < options.Batch; j++)
                numbers[b][j] = (int)(ranks.Next() * multiplier % options.Rows);
            keys[b] = Array.ConvertAll(numbers[b], KeyOf);
        }

        return (keys, numbers);
    }

    private DenseRows TuneDense(byte[] rows, int rowBytes)
    {
        DenseRows? best = null;
        double least = double.MaxValue;
        int padded = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)rowBytes);
        foreach (int stride in (int[])[rowBytes, padded])
        {
            var dense = new DenseRows(_options.Precision, _options.Dim, rowBytes, rows, stride);
            double mine = double.MaxValue;
            foreach (int distance in (int[])[24, 32, 48, 24, 32, 48])
            {
                double time = Time(1, 0, KeysPerTurn / 2, (b, values) => dense.Gather(_numbers[b], distance, values));
                if (time < Math.Min(mine, least))
                    _distance = distance;
                mine = Math.Min(mine, time);
            }

            (DenseRows? slower, best) = mine < least ? (best, dense) : (dense, best);
            least = Math.Min(least, mine);
            slower?.Dispose();
        }

        return best!;
    }

    /// <summary>
    /// The dictionary is some ten times slower: a whole batch lasts so long that other programs get the core in most of them. A part of it is timed.
    /// </summary>
    private void ByDictionary(int batch, Span<float> values)
    {
        Span<int> number = stackalloc int[1];
        foreach (ulong key in _keys[batch].AsSpan(0, DictionaryKeys))
        {
            number[0] = _dictionary[(long)key];
            _dense.Gather(number, 1, values[.._options.Dim]);
            values = values[_options.Dim..];
        }
    }

    private double Hits()
    {
        float[] values = new float[_options.Batch * _options.Dim];
        long hits = 0;
        foreach (ulong[] keys in _keys)
            hits += _table.Gather(keys, values);
        return (double)hits / ((long)_keys.Length * _options.Batch);
    }

    /// <summary>
    /// Nanoseconds a row of one thread, while all threads gather batches that no other turn of the round begins with: the median batch, so that a
    /// batch during which another program had the core does not count.
    /// </summary>
    private double Time(int threads, int turn, int keys, Action<int, Span<float>> gather)
    {
        int batches = Math.Max(1, keys / _options.Batch);
        double[] nanoseconds = new double[threads];
        void Work(int thread)
        {
            float[] values = new float[_options.Batch * _options.Dim];
            double[] times = new double[batches];
            int first = (turn * threads + thread) * batches;
            gather(first % _keys.Length, values);
            for (int b = 0; b < batches; b++)
            {
                long start = Stopwatch.GetTimestamp();
                gather((first + b + 1) % _keys.Length, values);
                times[b] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / _options.Batch;
            }

            nanoseconds[thread] = Median(times);
        }

        if (threads == 1)
        {
            Work(0);
        }
        else
        {
            Thread[] workers = [.. Enumerable.Range(0, threads).Select(thread => new Thread(() => Work(thread)))];
            foreach (Thread worker in workers)
                worker.Start();
            foreach (Thread worker in workers)
                worker.Join();
        }

        return nanoseconds.Average();
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
