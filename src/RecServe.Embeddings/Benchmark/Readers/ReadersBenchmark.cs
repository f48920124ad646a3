using System.Diagnostics;
using System.Runtime.InteropServices;
using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>
/// Readers beside a writer. First: how much slower one reader gathers while the writer works. Then: two readers that look at every row they get, each stamped
/// with key and version, for a mix of two rows and for rows older than what was acknowledged before the gather began.
/// </summary>
public sealed class ReadersBenchmark : IDisposable
{
    private const int Batches = 64;

    private readonly ReadersBenchmarkOptions _options;
    private readonly IHotRows _table;
    private readonly ulong[] _keys;
    private readonly long[] _below, _acknowledged;
    private readonly int[][] _numbers;
    private readonly ulong[][] _asked;
    private readonly StampedWriter _writer;
    private long _checked, _promoted, _torn, _stale;

    /// <summary>Makes the table and draws keys.</summary>
    public ReadersBenchmark(ReadersBenchmarkOptions options, IProgress<string>? progress = null)
    {
        _options = options;
        progress?.Report($"making a table of {options.Rows:N0} rows");
        _keys = new ulong[options.Rows];
        for (int i = 0; i < _keys.Length; i++)
            _keys[i] = ((ulong)i + 1) * 0x9E3779B97F4A7C15;
        _below = new long[options.Rows];
        _acknowledged = new long[options.Rows];
        _table = options.Cached ? MakeCached() : MakeResident();
        _writer = new StampedWriter(_table, _keys, _below, _acknowledged, options);
        var ranks = new ZipfRanks(options.Rows, options.Skew, options.Seed);
        _numbers = [.. Enumerable.Range(0, Batches).Select(_ => Enumerable.Range(0, options.Batch).Select(_ => ranks.Next()).ToArray())];
        _asked = Array.ConvertAll(_numbers, batch => Array.ConvertAll(batch, number => _keys[number]));
    }

    /// <summary>Measures, then checks.</summary>
    /// <param name="progress">Told what is being done; may be null.</param>
    /// <param name="cancellation">Stops early.</param>
    public ReadersBenchmarkResult Run(IProgress<string>? progress, CancellationToken cancellation)
    {
        const int pairs = 9;
        var window = TimeSpan.FromSeconds(_options.Seconds / 3 / (2 * pairs));
        double[] alone = new double[pairs], beside = new double[pairs];
        double written = 0;
        progress?.Report($"one reader, {pairs} windows of {window.TotalSeconds:0.0} s without the writer and as many beside it");
        Measure(window, cancellation);
        for (int pair = 0; pair < pairs; pair++)
        {
            cancellation.ThrowIfCancellationRequested();
            alone[pair] = Measure(window, cancellation);
            long before = _writer.Updates;
            using (StartWriter(cancellation))
                beside[pair] = Measure(window, cancellation);
            written += _writer.Updates - before;
        }

        progress?.Report("two readers that check every row");
        long updates = _writer.Updates;
        using (StartWriter(cancellation))
        {
            var end = Stopwatch.StartNew();
            var length = TimeSpan.FromSeconds(_options.Seconds * 2 / 3);
            Thread[] readers = [.. Enumerable.Range(0, 2).Select(reader => new Thread(() =>
            {
                float[] values = new float[_options.Batch * StampedRow.Dim];
                bool[] found = new bool[_options.Batch];
                long[] floor = new long[_options.Batch];
                for (int batch = reader; end.Elapsed < length && !cancellation.IsCancellationRequested; batch++)
                    CheckBatch(batch % Batches, values, found, floor);
            }))];
            foreach (Thread reader in readers)
                reader.Start();
            foreach (Thread reader in readers)
                reader.Join();
        }

        cancellation.ThrowIfCancellationRequested();
        return new ReadersBenchmarkResult(Median(alone), Median(beside), Median([.. beside.Zip(alone, (b, a) => 1 - (b / a))]),
            written / (pairs * window.TotalSeconds), _checked, _writer.Updates - updates, _promoted, _torn, _stale);
    }

    /// <inheritdoc/>
    public void Dispose() => _table.Dispose();

    private ResidentTable MakeResident()
    {
        byte[] rows = new byte[checked(_keys.Length * StampedRow.Dim * sizeof(float))];
        Span<float> values = MemoryMarshal.Cast<byte, float>(rows.AsSpan());
        for (int i = 0; i < _keys.Length; i++)
            StampedRow.Write(_keys[i], 0, values.Slice(i * StampedRow.Dim, StampedRow.Dim));
        return new ResidentTable(new ResidentTableOptions { Precision = RowPrecision.Fp32, Dim = StampedRow.Dim, Seed = (ulong)_options.Seed }, _keys, rows);
    }

    private CachedTable MakeCached()
    {
        var table = new CachedTable(new CachedTableOptions
        {
            Dim = StampedRow.Dim,
            Precision = RowPrecision.Fp32,
            Budget = CachedTable.BudgetFor(_keys.Length / 5, RowPrecision.Fp32, StampedRow.Dim),
            Seed = (ulong)_options.Seed,
        });
        for (int i = 0; i < _keys.Length / 5; i++)
            Offer(table, i, table.Stamp(_keys[i]));
        return table;
    }

    private bool Offer(IHotRows table, int number, long stamp)
    {
        Span<float> row = stackalloc float[StampedRow.Dim];
        long version = Volatile.Read(ref _below[number]);
        StampedRow.Write(_keys[number], version, row);
        return table.Promote(_keys[number], (ulong)version, RowPrecision.Fp32, MemoryMarshal.AsBytes(row), stamp);
    }

    /// <summary>Rows a second of one reader.</summary>
    private double Measure(TimeSpan window, CancellationToken cancellation)
    {
        float[] values = new float[_options.Batch * StampedRow.Dim];
        var watch = Stopwatch.StartNew();
        long rows = 0;
        for (int batch = 0; watch.Elapsed < window && !cancellation.IsCancellationRequested; batch++)
        {
            _table.Gather(_asked[batch % Batches], values);
            rows += _options.Batch;
        }

        return rows / watch.Elapsed.TotalSeconds;
    }

    private void CheckBatch(int batch, float[] values, bool[] found, long[] floor)
    {
        int[] numbers = _numbers[batch];
        ulong[] asked = _asked[batch];
        for (int j = 0; j < numbers.Length; j++)
            floor[j] = Volatile.Read(ref _acknowledged[numbers[j]]);
        _table.Gather(asked, values, found);
        long torn = 0, stale = 0, promoted = 0;
        for (int j = 0; j < numbers.Length; j++)
        {
            if (found[j])
            {
                long version = StampedRow.VersionOf(asked[j], values.AsSpan(j * StampedRow.Dim, StampedRow.Dim));
                torn += version < 0 ? 1 : 0;
                stale += version >= 0 && version < floor[j] ? 1 : 0;
            }
            else if (_table.IsComplete)
            {
                // Every row is there and none is ever deleted: a missing one is an old state too.
                stale++;
            }
            else
            {
                promoted += Offer(_table, numbers[j], _table.Stamp(asked[j])) ? 1 : 0;
            }
        }

        Interlocked.Add(ref _checked, numbers.Length);
        Interlocked.Add(ref _torn, torn);
        Interlocked.Add(ref _stale, stale);
        Interlocked.Add(ref _promoted, promoted);
    }

    private WriterRun StartWriter(CancellationToken cancellation) => new(_writer, cancellation);

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    /// <summary>The writer at work until disposed of.</summary>
    private sealed class WriterRun : IDisposable
    {
        private readonly CancellationTokenSource _stop;
        private readonly Thread _thread;

        public WriterRun(StampedWriter writer, CancellationToken cancellation)
        {
            _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            _thread = new Thread(() => writer.Run(_stop.Token));
            _thread.Start();
        }

        public void Dispose()
        {
            _stop.Cancel();
            _thread.Join();
            _stop.Dispose();
        }
    }
}
