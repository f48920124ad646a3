namespace RecServe.Kernels;

/// <summary>Rows to decode one after the other, and rows that will be wanted next.</summary>
/// <param name="rows">Addresses of <paramref name="count"/> places that hold rows.</param>
/// <param name="count">Rows to decode.</param>
/// <param name="ahead">Addresses of places that will be wanted next.</param>
/// <param name="aheadCount">How many; one is prefetched with each decoded row.</param>
/// <param name="place">Where the row lies in a place.</param>
public readonly unsafe struct RowBatch(nint* rows, int count, nint* ahead, int aheadCount, RowPlace place)
{
    /// <summary>Addresses of the places to decode from.</summary>
    public nint* Rows { get; } = rows;

    /// <summary>Rows to decode.</summary>
    public int Count { get; } = count;

    /// <summary>Addresses to prefetch, one with each decoded row.</summary>
    public nint* Ahead { get; } = ahead;

    /// <summary>How many of them; at most <see cref="Count"/> are used.</summary>
    public int AheadCount { get; } = aheadCount;

    /// <summary>Where the row lies in a place.</summary>
    public RowPlace Place { get; } = place;
}
