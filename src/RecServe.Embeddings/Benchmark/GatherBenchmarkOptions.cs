using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>What <see cref="GatherBenchmark"/> measures.</summary>
public sealed record GatherBenchmarkOptions
{
    /// <summary>Rows of the table, 1,000 to 200,000,000.</summary>
    public int Rows { get; init; } = 10_000_000;

    /// <summary>Floats of a row.</summary>
    public int Dim { get; init; } = 16;

    /// <summary>How rows are stored.</summary>
    public RowPrecision Precision { get; init; } = RowPrecision.Int8;

    /// <summary>Exponent of the Zipf law that keys are drawn from, 0 (uniform) to 3.</summary>
    public double Skew { get; init; } = 1.05;

    /// <summary>Keys of one gather: 500 candidates of 26 fields by default.</summary>
    public int Batch { get; init; } = 13_000;

    /// <summary>Threads that gather at the same time, each into its own buffer.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Percent of the rows that come by <see cref="ResidentTable.Apply"/> after the table was built, 0 to 50.</summary>
    public double Inserted { get; init; }

    /// <summary>Times that table and dense array are built, each in memory of its own, 1 to 16; all are held at once.</summary>
    public int Placements { get; init; } = 4;

    /// <summary>Whether FASTER and Redis are measured too, on the machine's own redis-server.</summary>
    public bool Peers { get; init; }

    /// <summary>Seed of rows, keys and draws.</summary>
    public ulong Seed { get; init; } = 1;
}
