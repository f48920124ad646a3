using System.Diagnostics;
using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>
/// Measures gathers of a <see cref="CachedTable"/> beside an array of rows whose numbers are known, turn by turn, over the same draws, in several places of memory
/// as <see cref="GatherPlacements"/> has it.
/// </summary>
public sealed class CachedBenchmark : IDisposable
{
    private const int Rounds = 12, Places = 4;

    // Enough batches that their rows do not stay in a cache of 32 MB, and enough time for a turn not to be noise.
    private const int KeysDrawn = 3_000_000, KeysPerTurn = 400_000;

    private readonly CachedBenchmarkOptions _options;
    private readonly CachedTable[] _tables = new CachedTable[Places];
    private readonly DenseRows[] _arrays = new DenseRows[Places];
    private readonly ulong[][] _keys;
    private readonly int[][] _numbers;
    private readonly double _fillSeconds;
    private readonly int _held, _multiplier;

    /// <summary>Makes rows, promotes those that are to be held, and draws keys among them.</summary>
    public CachedBenchmark(CachedBenchmarkOptions options, IProgress<string>? progress = null)
    {
        _options = options;
        _held = Math.Max(1, (int)(options.Rows * options.Percent / 100));
        _multiplier = 1_000_003;
        while (options.Rows % _multiplier == 0)
            _multiplier += 2;
        RowPrecision precision = options.Precisions[0];
        int rowBytes = RowCodec.RowBytes(precision, options.Dim);
        byte[] rows = new byte[checked(options.Rows * rowBytes)];
        for (int i = 0; i < options.Rows; i++)
            Row(precision, i).CopyTo(rows.AsSpan(i * rowBytes));
        for (int place = 0; place < Places; place++)
        {
            progress?.Report($"filling table {place + 1} of {Places} with {_held:N0} rows");
            if (place % 2 == 1)
                _arrays[place] = Dense();
            long start = Stopwatch.GetTimestamp();
            _tables[place] = Fill();
            _fillSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (place % 2 == 0)
                _arrays[place] = Dense();
        }

        DenseRows Dense() => new(precision, options.Dim, rowBytes, rows, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)rowBytes));
        progress?.Report($"filled in {_fillSeconds:0.0} s; drawing keys");
        var ranks = new ZipfRanks(_held, options.Skew, (int)options.Seed);
        int batches = Math.Max(2 * options.Threads, KeysDrawn / options.Batch);
        _numbers = [.. Enumerable.Range(0, batches).Select(_ => Enumerable.Range(0, options.Batch).Select(_ => NumberOf(ranks.Next())).ToArray())];
        _keys = Array.ConvertAll(_numbers, batch => Array.ConvertAll(batch, KeyOf));
    }

    /// <summary>Measures both sides in turn.</summary>
    /// <param name="cancellation">Stops between two turns.</param>
    public CachedBenchmarkResult Run(CancellationToken cancellation)
    {
        int threads = _options.Threads;
        double[] ours = new double[Rounds], dense = new double[Rounds], single = new double[Rounds];
        for (int round = -1; round < Rounds; round++)
        {
            int at = Math.Max(0, round), turn = (round + 1) * 3;
            cancellation.ThrowIfCancellationRequested();
            CachedTable table = _tables[at % Places];
            DenseRows array = _arrays[at % Places];
            ours[at] = Time(threads, turn, (b, values) => table.Gather(_keys[b], values));
            dense[at] = Time(threads, turn + 1, (b, values) => array.Gather(_numbers[b], distance: 32, values));
            single[at] = threads == 1 ? ours[at] : Time(1, turn + 2, (b, values) => table.Gather(_keys[b], values));
        }

        float[] buffer = new float[_options.Batch * _options.Dim];
        double hits = _keys.Average(keys => (double)_tables[0].Gather(keys, buffer) / keys.Length);
        double mine = PlaceMedians.Of(ours, Places).Average(), theirs = PlaceMedians.Of(dense, Places).Average();
        return new CachedBenchmarkResult(mine, theirs, mine / theirs,
            PlaceMedians.Median([.. ours.Zip(single, (all, one) => threads * one / all)]), hits, _fillSeconds, _tables[0].Measure());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (CachedTable table in _tables)
            table.Dispose();
        foreach (DenseRows array in _arrays)
            array.Dispose();
    }

    private CachedTable Fill()
    {
        // The longest precision decides; with several the table is somewhat larger than need be.
        long budget = _options.Precisions.Max(p => CachedTable.BudgetFor(_held, p, _options.Dim));
        var table = new CachedTable(new CachedTableOptions { Dim = _options.Dim, Budget = budget, Precision = _options.Precisions[0], Seed = _options.Seed });
        var isHeld = new bool[_options.Rows];
        for (int rank = 0; rank < _held; rank++)
            isHeld[NumberOf(rank)] = true;

        // In the order of the rows, which is not that of their popularity.
        for (int number = 0; number < isHeld.Length; number++)
        {
            if (!isHeld[number])
                continue;
            RowPrecision precision = _options.Precisions[number % _options.Precisions.Count];
            ulong key = KeyOf(number);
            table.Promote(key, 1, precision, Row(precision, number), table.Stamp(key));
        }

        return table;
    }

    private readonly Dictionary<RowPrecision, byte[]> _encoded = [];

    /// <summary>A few thousand different rows do: the cost of a gather does not depend on the numbers.</summary>
    private ReadOnlySpan<byte> Row(RowPrecision precision, int number)
    {
        const int different = 4096;
        int rowBytes = RowCodec.RowBytes(precision, _options.Dim);
        if (!_encoded.TryGetValue(precision, out byte[]? rows))
        {
            var random = new Random((int)_options.Seed);
            rows = new byte[different * rowBytes];
            float[] values = new float[_options.Dim];
            for (int i = 0; i < different; i++)
            {
                for (int d = 0; d < values.Length; d++)
                    values[d] = random.NextSingle() - 0.5f;
                RowCodec.Encode(precision, values, rows.AsSpan(i * rowBytes, rowBytes));
            }

            _encoded[precision] = rows;
        }

        return rows.AsSpan(number % different * rowBytes, rowBytes);
    }

    // Ranks are scattered over the rows, or the popular ones would share memory lines.
    private int NumberOf(int rank) => (int)((long)rank * _multiplier % _options.Rows);

    private ulong KeyOf(int row)
    {
        ulong z = ((ulong)row + _options.Seed) * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        return z ^ (z >> 27);
    }

    /// <summary>Nanoseconds a row of one thread, the median batch, while all threads gather batches that no other turn of the round begins with.</summary>
    private double Time(int threads, int turn, Action<int, Span<float>> gather)
    {
        int batches = Math.Max(1, KeysPerTurn / _options.Batch);
        double[] nanoseconds = new double[threads];
        void Work(int thread)
        {
            float[] values = new float[_options.Batch * _options.Dim];
            double[] times = new double[batches];
            int first = ((turn * threads) + thread) * batches;
            gather(first % _keys.Length, values);
            for (int b = 0; b < batches; b++)
            {
                long start = Stopwatch.GetTimestamp();
                gather((first + b + 1) % _keys.Length, values);
                times[b] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / _options.Batch;
            }

            nanoseconds[thread] = PlaceMedians.Median(times);
        }

        Thread[] workers = [.. Enumerable.Range(1, threads - 1).Select(thread => new Thread(() => Work(thread)))];
        foreach (Thread worker in workers)
            worker.Start();
        Work(0);
        foreach (Thread worker in workers)
            worker.Join();
        return nanoseconds.Average();
    }
}
