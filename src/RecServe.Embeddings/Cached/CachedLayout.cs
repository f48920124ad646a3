using System.Numerics;
using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>How a <see cref="CachedTable"/> divides its budget; everything in one stretch of memory.</summary>
internal readonly record struct CachedLayout
{
    // Beyond 0.8 too many keys stand in their second bucket: at 0.9 one in ten.
    private const double IndexLoad = 0.8;

    // 12 counters of 4 bits: with 8 the hit rate of a cache of 1 % of the keys falls by a point, with 16 it rises by half a one.
    private const double SketchBytesPerRow = 4.5;

    // Slots kept free and the ends of pages, for short rows.
    private const double FreeBytesPerRow = 0.5;

    // The sketch's counts are halved after 40 additions a row: after 10 a cache of 1 % of the keys forgets its keys before they return.
    private const int AdditionsPerRow = 40;

    private const int LeastSketch = 1024, LeastPages = 8, PagesWanted = 64, LargestPage = 1 << 16, MostStamps = 1 << 14, LeastStamps = 64;

    /// <summary>Divides a budget.</summary>
    /// <exception cref="ArgumentException">It is too small for rows of this length; the message says what is needed.</exception>
    public CachedLayout(CachedTableOptions options)
    {
        if (options.Budget is < CachedTableOptions.LeastBudget or > CachedTableOptions.MostBudget)
            throw new ArgumentException($"the budget of cached rows is {options.Budget} bytes; it must be {CachedTableOptions.LeastBudget} to {CachedTableOptions.MostBudget}", nameof(options));
        Bytes = options.Budget & ~4095L;
        int slot = Slot(options.Precision, options.Dim), longest = Slot(RowPrecision.Fp32, options.Dim);
        Rows = (int)Math.Min(Math.Min(Bytes / PerRow(slot), options.MostRows), int.MaxValue / 2);
        Buckets = (uint)Math.Max(2, Math.Ceiling(Rows / (RowIndex.Ways * IndexLoad)));
        SketchBytes = RoundUp(Math.Max(LeastSketch, (long)(Rows * SketchBytesPerRow)));
        AgesAfter = Math.Max(1000, (long)Rows * AdditionsPerRow);
        Stamps = Math.Clamp(Rows / 8, LeastStamps, MostStamps);
        long arena = Bytes - ArenaStart, leastPage = (long)BitOperations.RoundUpToPowerOf2((ulong)(4 * longest));
        long page = Math.Clamp((long)BitOperations.RoundUpToPowerOf2((ulong)Math.Max(1, arena / PagesWanted)) / 2, leastPage, Math.Max(leastPage, LargestPage));
        PageShift = BitOperations.Log2((ulong)page);
        Pages = (int)Math.Min(int.MaxValue, arena / (page + RowArena.NoteBytes));
        if (Pages < LeastPages)
        {
            throw new ArgumentException(
                $"a budget of {options.Budget} bytes is too small for cached rows of {options.Dim} numbers; give at least {RoundUp(Bytes - arena + (LeastPages * (page + RowArena.NoteBytes))) + 4096}",
                nameof(options));
        }
    }

    /// <summary>Bytes of everything.</summary>
    public long Bytes { get; }

    /// <summary>Rows of the expected precision that index and sketch are made for.</summary>
    public int Rows { get; }

    /// <summary>Buckets of the index, which stands first.</summary>
    public uint Buckets { get; }

    /// <summary>Bytes of the sketch, which follows.</summary>
    public long SketchBytes { get; }

    /// <summary>Additions after which the sketch ages.</summary>
    public long AgesAfter { get; }

    /// <summary>Counters of updates, which follow.</summary>
    public int Stamps { get; }

    /// <summary>Pages of the arena, which is last.</summary>
    public int Pages { get; }

    /// <summary>Binary logarithm of a page's bytes.</summary>
    public int PageShift { get; }

    /// <summary>Offset of the sketch.</summary>
    public long SketchStart => (long)Buckets * RowIndex.BucketBytes;

    /// <summary>Offset of the counters of updates.</summary>
    public long StampStart => SketchStart + SketchBytes;

    /// <summary>Offset of the arena.</summary>
    public long ArenaStart => StampStart + RoundUp(sizeof(long) * (long)Stamps);

    /// <summary>Slots of the arena kept free: those put aside come back when the readers inside have left; until then these serve.</summary>
    public long Reserve => ((long)Pages << PageShift) / 128;

    /// <summary>The least budget in which so many rows of a precision are held.</summary>
    public static long BudgetFor(int rows, RowPrecision precision, int dim)
    {
        var slots = new SlotClass(precision, dim, 8, 1 << 30);
        for (long budget = CachedTableOptions.LeastBudget; ; budget += Math.Max(4096, budget / 256 & ~4095L))
        {
            budget = Math.Max(budget, (long)(rows * PerRow(slots.SlotBytes + RowArena.VersionBytes)) & ~4095L);
            if (Fits(new CachedTableOptions { Dim = dim, Budget = budget, Precision = precision }, rows, slots))
                return budget;
        }
    }

    private static bool Fits(CachedTableOptions options, int rows, SlotClass slots)
    {
        CachedLayout layout;
        try
        {
            layout = new CachedLayout(options);
        }
        catch (ArgumentException)
        {
            return false;
        }

        long perPage = (1L << layout.PageShift) / (slots.SlotBytes + RowArena.VersionBytes);
        return (perPage * layout.Pages) - 1 - ((layout.Reserve / slots.SlotBytes) + 1) >= rows;
    }

    private static double PerRow(int slot) => slot + (RowIndex.BucketBytes / (RowIndex.Ways * IndexLoad)) + SketchBytesPerRow + FreeBytesPerRow;

    private static long RoundUp(long bytes) => (bytes + 63) & ~63L;

    private static int Slot(RowPrecision precision, int dim) =>
        ((RowLayout.KeyBytes + RowCodec.RowBytes(precision, dim) + 7) & ~7) + RowArena.VersionBytes;
}
