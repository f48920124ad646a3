using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>What <see cref="TieredBenchmark"/> measures.</summary>
public sealed record TieredBenchmarkOptions
{
    /// <summary>Rows of the table, 1,000 to 100,000,000.</summary>
    public int Rows { get; init; } = 10_000_000;

    /// <summary>Floats of a row.</summary>
    public int Dim { get; init; } = 16;

    /// <summary>How rows are stored.</summary>
    public RowPrecision Precision { get; init; } = RowPrecision.Int8;

    /// <summary>Exponent of the Zipf law that keys are drawn from, 0 (uniform) to 3.</summary>
    public double Skew { get; init; } = 1.05;

    /// <summary>Keys of one gather.</summary>
    public int Batch { get; init; } = 13_000;

    /// <summary>Gathers that are timed, after a tenth as many that warm up.</summary>
    public int Gathers { get; init; } = 1_000;

    /// <summary>Hot rows' and the log's memory together, as a share of the log's bytes, 0.01 to 1; three fifths are hot rows'.</summary>
    public double MemoryShare { get; init; } = 0.24;

    /// <summary>Folder of the store; a fresh one, which is the caller's to delete.</summary>
    public required string Directory { get; init; }

    /// <summary>Whether the log passes by the page cache, which would otherwise be a hidden tier.</summary>
    public bool DirectIO { get; init; } = true;

    /// <summary>Seed of the draws.</summary>
    public int Seed { get; init; } = 1;
}
