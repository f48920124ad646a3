using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>What <see cref="CachedBenchmark"/> measures.</summary>
public sealed record CachedBenchmarkOptions
{
    /// <summary>Rows of the table below, 1,000 to 100,000,000.</summary>
    public int Rows { get; init; } = 10_000_000;

    /// <summary>Floats of a row.</summary>
    public int Dim { get; init; } = 16;

    /// <summary>How rows are stored; several take turns.</summary>
    public IReadOnlyList<RowPrecision> Precisions { get; init; } = [RowPrecision.Int8];

    /// <summary>Percent of the rows that are held, the most popular ones; all keys drawn are among them.</summary>
    public double Percent { get; init; } = 100;

    /// <summary>Exponent of the Zipf law that keys are drawn from, 0 (uniform) to 3.</summary>
    public double Skew { get; init; } = 1.05;

    /// <summary>Keys of one gather.</summary>
    public int Batch { get; init; } = 13_000;

    /// <summary>Threads that gather at the same time.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Seed of rows, keys and draws.</summary>
    public ulong Seed { get; init; } = 1;
}
