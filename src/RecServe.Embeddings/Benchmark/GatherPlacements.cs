using System.Diagnostics;
using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>
/// The table and the dense array, several times in one process. What a region of memory costs to read differs by a factor of two on virtual machines, with how the
/// host backs it, for as long as it is held (10M random lines: 6 to 12 ns each, the regions taken first the slowest), so that one place of each says more about the
/// places than about the sides. Each takes its memory first in every other pair.
/// </summary>
internal sealed class GatherPlacements : IDisposable
{
    private readonly GatherBenchmarkOptions _options;
    private readonly List<ResidentTable> _tables = [];
    private readonly List<DenseRows> _arrays = [];

    /// <summary>Builds all.</summary>
    /// <param name="options">Sizes.</param>
    /// <param name="keys">Keys of the rows.</param>
    /// <param name="rows">The encoded rows in the order of the keys.</param>
    /// <param name="time">Nanoseconds a row of an array prefetched so many rows ahead.</param>
    /// <param name="progress">Told what is being done; may be null.</param>
    public GatherPlacements(GatherBenchmarkOptions options, ulong[] keys, byte[] rows, Func<DenseRows, int, double> time, IProgress<string>? progress)
    {
        _options = options;
        for (int place = 0; place < options.Placements; place++)
        {
            progress?.Report($"building table and dense array {place + 1} of {options.Placements}");
            if (place % 2 == 0)
                _tables.Add(BuildTable(keys, rows));
            _arrays.Add(place == 0 ? TuneDense(rows, time) : new DenseRows(options.Precision, options.Dim, RowBytes, rows, _arrays[0].Stride));
            if (place % 2 == 1)
                _tables.Add(BuildTable(keys, rows));
        }
    }

    /// <summary>Pairs.</summary>
    public int Count => _tables.Count;

    /// <summary>Rows ahead at which the dense array is fastest.</summary>
    public int Distance { get; private set; } = 32;

    /// <summary>Seconds to build the table built last.</summary>
    public double BuildSeconds { get; private set; }

    private int RowBytes => RowCodec.RowBytes(_options.Precision, _options.Dim);

    public ResidentTable Table(int place) => _tables[place];

    public DenseRows Dense(int place) => _arrays[place];

    public void Dispose()
    {
        foreach (ResidentTable table in _tables)
            table.Dispose();
        foreach (DenseRows array in _arrays)
            array.Dispose();
    }

    private ResidentTable BuildTable(ulong[] keys, byte[] rows)
    {
        var late = new Random((int)_options.Seed + 1);
        List<RowDelta> deltas = [];
        ulong[] early = new ulong[keys.Length];
        byte[] built = _options.Inserted > 0 ? new byte[rows.Length] : rows;
        int count = 0, rowBytes = RowBytes;
        for (int i = 0; i < keys.Length; i++)
        {
            if (_options.Inserted > 0 && late.NextDouble() * 100 < _options.Inserted)
            {
                deltas.Add(RowDelta.OfEncoded(keys[i], 1, _options.Precision, rows.AsMemory(i * rowBytes, rowBytes)));
                continue;
            }

            if (built != rows)
                rows.AsSpan(i * rowBytes, rowBytes).CopyTo(built.AsSpan(count * rowBytes));
            early[count++] = keys[i];
        }

        long start = Stopwatch.GetTimestamp();
        var table = new ResidentTable(new ResidentTableOptions { Precision = _options.Precision, Dim = _options.Dim, Seed = _options.Seed },
            early.AsSpan(0, count), built.AsSpan(0, count * rowBytes));
        BuildSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        foreach (RowDelta[] batch in deltas.Chunk(1000))
            table.Apply(batch);
        return table;
    }

    /// <summary>The faster of packed rows and rows padded to a power of two, at its best distance.</summary>
    private DenseRows TuneDense(byte[] rows, Func<DenseRows, int, double> time)
    {
        DenseRows? best = null;
        double least = double.MaxValue;
        int padded = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)RowBytes);
        foreach (int stride in (int[])[RowBytes, padded])
        {
            var dense = new DenseRows(_options.Precision, _options.Dim, RowBytes, rows, stride);
            double mine = double.MaxValue;
            foreach (int distance in (int[])[24, 32, 48, 24, 32, 48])
            {
                double once = time(dense, distance);
                if (once < Math.Min(mine, least))
                    Distance = distance;
                mine = Math.Min(mine, once);
            }

            (DenseRows? slower, best) = mine < least ? (best, dense) : (dense, best);
            least = Math.Min(least, mine);
            slower?.Dispose();
        }

        return best!;
    }
}
