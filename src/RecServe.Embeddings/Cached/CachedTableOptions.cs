using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>What a <see cref="CachedTable"/> is made with.</summary>
public sealed record CachedTableOptions
{
    /// <summary>Smallest <see cref="Budget"/>.</summary>
    public const long LeastBudget = 1 << 14;

    /// <summary>Largest <see cref="Budget"/>.</summary>
    public const long MostBudget = 1L << 42;

    /// <summary>Floats of a row, 1 to <see cref="RowCodec.MaxDim"/>.</summary>
    public required int Dim { get; init; }

    /// <summary>
    /// Bytes of memory that the table takes, all at once, and never exceeds: rows, keys, versions, index, free places, bookkeeping. Rounded down to whole
    /// pages of 4,096 bytes; <see cref="LeastBudget"/> to <see cref="MostBudget"/>, and at least 16 rows of <see cref="RowPrecision.Fp32"/>.
    /// </summary>
    public required long Budget { get; init; }

    /// <summary>The precision that most rows will come in: index and arena share the budget accordingly. Rows of any precision are held.</summary>
    public RowPrecision Precision { get; init; } = RowPrecision.Int8;

    /// <summary>Answers for a key that is not here (but not key 0). Empty: zeros.</summary>
    public ReadOnlyMemory<float> Default { get; init; }

    /// <summary>Answers for key 0 (no value given) where it is not here. Empty: as <see cref="Default"/>.</summary>
    public ReadOnlyMemory<float> Missing { get; init; }

    /// <summary>Seed of the hash. A secret one keeps outsiders from choosing keys that crowd one place. Default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>Rows held at most, for comparisons by number of rows; the budget stays as it is.</summary>
    internal int MostRows { get; init; } = int.MaxValue;
}
