using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>Rows and memory of one table's hot rows, everything counted.</summary>
/// <param name="Precisions">Rows and their encoded bytes by precision, in the order of the precisions; those without rows are left out.</param>
/// <param name="Total">Bytes of memory held: rows, keys, versions, index, free places, bookkeeping.</param>
public readonly record struct HotRowBytes(IReadOnlyList<(RowPrecision Precision, long Rows, long Bytes)> Precisions, long Total)
{
    /// <summary>Rows of all precisions.</summary>
    public long Rows => Precisions.Sum(p => p.Rows);

    /// <summary>Encoded bytes of all rows.</summary>
    public long Payload => Precisions.Sum(p => p.Bytes);
}
