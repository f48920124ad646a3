using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>What <see cref="RowStoreBenchmark"/> measures.</summary>
public sealed record RowStoreBenchmarkOptions
{
    /// <summary>Rows of the table, 1,000 to 200,000,000.</summary>
    public int Rows { get; init; } = 10_000_000;

    /// <summary>Floats of a row.</summary>
    public int Dim { get; init; } = 16;

    /// <summary>How rows are stored.</summary>
    public RowPrecision Precision { get; init; } = RowPrecision.Int8;

    /// <summary>Exponent of the Zipf law that keys are drawn from, 0 (uniform) to 3.</summary>
    public double Skew { get; init; } = 1.05;

    /// <summary>Keys of one gather.</summary>
    public int Batch { get; init; } = 13_000;

    /// <summary>Gathers measured.</summary>
    public int Batches { get; init; } = 300;

    /// <summary>Of the most popular rows, those that the hot rows above the store are taken to answer: they are never asked for.</summary>
    public int HotRows { get; init; }

    /// <summary>Updates a second that another thread applies meanwhile, 0 to 1,000,000.</summary>
    public int UpdatesPerSecond { get; init; }

    /// <summary>Where the store lives, and its sizes.</summary>
    public required RowStoreOptions Store { get; init; }

    /// <summary>Seed of rows and draws.</summary>
    public int Seed { get; init; } = 1;
}
