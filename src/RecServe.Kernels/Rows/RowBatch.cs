namespace RecServe.Kernels;

/// <summary>Rows to decode one after the other, and rows that will be wanted next.</summary>
/// <param name="rows">Addresses of <paramref name="count"/> encoded rows.</param>
/// <param name="count">Rows to decode.</param>
/// <param name="ahead">Addresses to prefetch meanwhile.</param>
/// <param name="aheadCount">Addresses in <paramref name="ahead"/>, at most <paramref name="count"/> are used.</param>
/// <param name="aheadBytes">Bytes to prefetch at each.</param>
/// <param name="aheadAligned">Whether those bytes never straddle more lines than they fill.</param>
public readonly unsafe struct RowBatch(nint* rows, int count, nint* ahead, int aheadCount, int aheadBytes, bool aheadAligned)
{
    /// <summary>Addresses of the rows to decode.</summary>
    public nint* Rows { get; } = rows;

    /// <summary>Rows to decode.</summary>
    public int Count { get; } = count;

    /// <summary>Addresses to prefetch, one with each decoded row.</summary>
    public nint* Ahead { get; } = ahead;

    /// <summary>How many of them.</summary>
    public int AheadCount { get; } = aheadCount;

    /// <summary>Bytes to prefetch at each.</summary>
    public int AheadBytes { get; } = aheadBytes;

    /// <summary>Whether those bytes never straddle more lines than they fill.</summary>
    public bool AheadAligned { get; } = aheadAligned;
}
