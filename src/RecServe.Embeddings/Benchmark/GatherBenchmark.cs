using System.Diagnostics;
using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>
/// Measures gathers of a <see cref="ResidentTable"/> beside an array of rows whose numbers are known, a copy of the same memory lines, and a
/// dictionary; all in one process, turn by turn, over the same draws, into the same buffer, and in several places of the machine's memory
/// (<see cref="GatherPlacements"/>).
/// </summary>
public sealed class GatherBenchmark : IDisposable
{
    private const int LeastRounds = 11, RoundsAPlace = 3, Sides = 5;

    // Enough batches that their rows do not stay in a cache of 32 MB, and enough time for a turn not to be noise.
    private const int KeysDrawn = 3_000_000, KeysPerTurn = 400_000;

    private readonly GatherBenchmarkOptions _options;
    private readonly GatherPlacements _places;
    private readonly Dictionary<long, int> _dictionary;
    private readonly ulong[][] _keys;
    private readonly int[][] _numbers;
    private readonly GatherPeers? _peers;

    /// <summary>Makes rows and draws keys; takes memory for the table, the array and the dictionary together.</summary>
    /// <param name="options">Sizes.</param>
    /// <param name="progress">Told what is being done; may be null.</param>
    public GatherBenchmark(GatherBenchmarkOptions options, IProgress<string>? progress = null)
    {
        _options = options;
        int rowBytes = RowCodec.RowBytes(options.Precision, options.Dim);
        progress?.Report($"encoding {options.Rows:N0} rows");
        byte[] rows = EncodeRows(options, rowBytes);
        progress?.Report("filling the dictionary");
        _dictionary = new Dictionary<long, int>(options.Rows);
        for (int i = 0; i < options.Rows; i++)
            _dictionary.Add((long)KeyOf(i), i);
        progress?.Report("drawing keys");
        (_keys, _numbers) = Draw(options);
        ulong[] all = [.. Enumerable.Range(0, options.Rows).Select(KeyOf)];
        _places = new GatherPlacements(options, all, rows, TimeDense, progress);
        if (options.Peers)
            _peers = new GatherPeers(options, all, rows, _keys, progress);
    }

    /// <summary>Measures every side in turn.</summary>
    /// <param name="cancellation">Stops between two turns.</param>
    public GatherBenchmarkResult Run(CancellationToken cancellation)
    {
        int threads = _options.Threads, places = _places.Count, rounds = Math.Max(LeastRounds, RoundsAPlace * places), distance = _places.Distance;
        double[] ours = new double[rounds], dense = new double[rounds], lines = new double[rounds], dictionary = new double[rounds], single = new double[rounds];
        for (int round = -1; round < rounds; round++)
        {
            // The first round warms up: compilation, page tables, the clock.
            int at = Math.Max(0, round), turn = (round + 1) * Sides;
            ResidentTable table = _places.Table(at % places);
            DenseRows array = _places.Dense(at % places);
            cancellation.ThrowIfCancellationRequested();
            ours[at] = Time(threads, turn, KeysPerTurn, (b, values) => table.Gather(_keys[b], values));
            dense[at] = Time(threads, turn + 1, KeysPerTurn, (b, values) => array.Gather(_numbers[b], distance, values));
            lines[at] = Time(threads, turn + 2, KeysPerTurn, (b, values) => array.CopyLines(_numbers[b], distance, values));
            dictionary[at] = Time(threads, turn + 3, KeysPerTurn, (b, values) => ByDictionary(array, b, values)) * _options.Batch / DictionaryKeys;
            single[at] = threads == 1 ? ours[at] : Time(1, turn + 4, KeysPerTurn, (b, values) => table.Gather(_keys[b], values));
        }

        double[] tables = PlaceMedians.Of(ours, places), arrays = PlaceMedians.Of(dense, places);
        double mine = tables.Average(), theirs = arrays.Average();
        return new GatherBenchmarkResult(
            mine, theirs, mine / theirs, PlaceMedians.Of(lines, places).Average(), PlaceMedians.Median(dictionary), PlaceMedians.Median([.. ours.Zip(dictionary, (o, d) => d / o)]), distance,
            _places.Dense(0).Stride, PlaceMedians.Median([.. ours.Zip(single, (all, one) => threads * one / all)]), Hits(), _places.BuildSeconds, KernelSelection.Name,
            _places.Table(0).Measure(), tables, arrays, _peers?.Run((round, keys, values) => _places.Table(round % places).Gather(keys, values), cancellation));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _places.Dispose();
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

    /// <summary>
    /// The dictionary is some ten times slower: a whole batch lasts so long that other programs get the core in most of them. A part of it is timed.
    /// </summary>
    private void ByDictionary(DenseRows array, int batch, Span<float> values)
    {
        Span<int> number = stackalloc int[1];
        foreach (ulong key in _keys[batch].AsSpan(0, DictionaryKeys))
        {
            number[0] = _dictionary[(long)key];
            array.Gather(number, 1, values[.._options.Dim]);
            values = values[_options.Dim..];
        }
    }

    private double TimeDense(DenseRows array, int distance) => Time(1, 0, KeysPerTurn / 2, (b, values) => array.Gather(_numbers[b], distance, values));

    private double Hits()
    {
        float[] values = new float[_options.Batch * _options.Dim];
        long hits = 0;
        for (int place = 0; place < _places.Count; place++)
        {
            foreach (ulong[] keys in _keys)
                hits += _places.Table(place).Gather(keys, values);
        }

        return (double)hits / ((long)_places.Count * _keys.Length * _options.Batch);
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

            nanoseconds[thread] = PlaceMedians.Median(times);
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
}
