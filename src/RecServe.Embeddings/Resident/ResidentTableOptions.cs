using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>What a <see cref="ResidentTable"/> is made with.</summary>
public sealed record ResidentTableOptions
{
    /// <summary>How rows are stored.</summary>
    public required RowPrecision Precision { get; init; }

    /// <summary>Floats of a row, 1 to <see cref="RowCodec.MaxDim"/>.</summary>
    public required int Dim { get; init; }

    /// <summary>Answers for a key without a row (but not key 0): the unknown or the default row. Empty: zeros.</summary>
    public ReadOnlyMemory<float> Default { get; init; }

    /// <summary>Answers for key 0 (no value given) where it has no row. Empty: as <see cref="Default"/>.</summary>
    public ReadOnlyMemory<float> Missing { get; init; }

    /// <summary>First seed of the hash; the next ones are tried when keys collide too often. Equal rows and seeds give equal tables. Default 0.</summary>
    public ulong Seed { get; init; }
}
