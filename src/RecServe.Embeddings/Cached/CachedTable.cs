using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>
/// The rows of one table that are asked for most, in a fixed number of bytes, each in its own precision; the tiers below have them all. Any number of readers
/// gather while one writer at a time changes rows; a reader sees a row as it was before or after a change, never a mix, and never waits.
/// </summary>
/// <remarks>
/// Index of one-line buckets and an arena of slots. Which rows stay: readers count their visits in the entries, up to 3, and a hand that goes round takes them off one by one;
/// an entry without a visit gives way to a row found below if that was asked for more often of late, by a frequency sketch. So keys that come once never push out
/// keys that come back.
/// </remarks>
public sealed unsafe partial class CachedTable : IHotRows
{
    private readonly CachedLayout _layout;
    private readonly NativeRegion _region;
    private readonly KeyHash _hash;
    private readonly RowArena _arena;
    private readonly RowIndex _index;
    private readonly FrequencySketch _sketch;
    private readonly UpdateStamps _stamps;
    private readonly ReaderEpochs _epochs = new();
    private readonly Lock _writer = new();
    private readonly float[] _missing, _default;
    private readonly int _mostRows;
    private readonly long _reserve;
    private bool _disposed;

    /// <summary>Makes an empty table.</summary>
    /// <exception cref="ArgumentException">The budget is too small for rows of this length, or a default row has another length.</exception>
    public CachedTable(CachedTableOptions options)
    {
        Width = options.Dim;
        _default = Answer(options.Default, nameof(options.Default));
        _missing = options.Missing.Length == 0 ? _default : Answer(options.Missing, nameof(options.Missing));
        _layout = new CachedLayout(options);
        _hash = new KeyHash(options.Seed);
        _mostRows = options.MostRows;
        _region = new NativeRegion(_layout.Bytes);
        byte* start = _region.Start;
        _arena = new RowArena(start + _layout.ArenaStart, _layout.Pages, _layout.PageShift, Width);
        _index = new RowIndex(start, _layout.Buckets, _arena, _hash);
        _sketch = new FrequencySketch(start + _layout.SketchStart, _layout.SketchBytes, _layout.AgesAfter);
        _stamps = new UpdateStamps((long*)(start + _layout.StampStart), _layout.Stamps);
        _reserve = _layout.Reserve;
        _only = (int)options.Precision;
        (_encoded, _decoded) = (new byte[RowCodec.RowBytes(RowPrecision.Fp32, Width)], new float[Width]);
    }

    /// <inheritdoc/>
    public int Width { get; }

    /// <inheritdoc/>
    public bool IsComplete => false;

    /// <summary>Gathers that are under way: in a test's teardown, none.</summary>
    public bool HasReaders => _epochs.HasReaders;

    internal RowIndex Index => _index;

    /// <summary>The <see cref="CachedTableOptions.Budget"/> in which so many rows of one precision are held.</summary>
    /// <param name="rows">Rows, 1 to 1,000,000,000.</param>
    /// <param name="precision">Their precision.</param>
    /// <param name="dim">Floats of a row.</param>
    public static long BudgetFor(int rows, RowPrecision precision, int dim)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, 1_000_000_000);
        return CachedLayout.BudgetFor(rows, precision, dim);
    }

    /// <inheritdoc/>
    public HotRowBytes Measure()
    {
        lock (_writer)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var precisions = new List<(RowPrecision, long, long)>();
            for (int p = 0; p < RowArena.Precisions; p++)
            {
                SlotClass slots = _arena[(RowPrecision)p];
                if (slots.Rows > 0)
                    precisions.Add((slots.Precision, slots.Rows, slots.Rows * slots.RowBytes));
            }

            return new HotRowBytes(precisions, _region.Bytes);
        }
    }

    /// <summary>Gives the memory back once the gathers under way have ended. Gathers that begin later are refused.</summary>
    public void Dispose()
    {
        lock (_writer)
        {
            if (_disposed)
                return;
            Volatile.Write(ref _disposed, true);
            long epoch = _epochs.Advance();
            SpinWait wait = default;
            while (_epochs.Oldest() <= epoch)
                wait.SpinOnce();
            _region.Dispose();
        }
    }

    private float[] Answer(ReadOnlyMemory<float> row, string name)
    {
        if (row.Length != 0 && row.Length != Width)
            throw new ArgumentException($"{name} has {row.Length} floats; rows have {Width}");
        float[] answer = new float[Width];
        row.Span.CopyTo(answer);
        return answer;
    }
}
