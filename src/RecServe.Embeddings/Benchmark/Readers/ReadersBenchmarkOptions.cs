namespace RecServe.Embeddings;

/// <summary>What <see cref="ReadersBenchmark"/> measures.</summary>
public sealed record ReadersBenchmarkOptions
{
    /// <summary>Seconds in all; a third of them measures one reader with and without the writer, the rest checks every row that two readers see.</summary>
    public double Seconds { get; init; } = 300;

    /// <summary>Whether the table is a <see cref="CachedTable"/> of a fifth of the rows; otherwise a <see cref="ResidentTable"/>.</summary>
    public bool Cached { get; init; }

    /// <summary>Rows of the table, 1,000 to 50,000,000.</summary>
    public int Rows { get; init; } = 1_000_000;

    /// <summary>Updates a second that the writer keeps to; 0 for as many as it can.</summary>
    public int UpdatesPerSecond { get; init; } = 305_000;

    /// <summary>Row updates of one call of Apply.</summary>
    public int UpdateBatch { get; init; } = 1000;

    /// <summary>Keys of one gather.</summary>
    public int Batch { get; init; } = 13_000;

    /// <summary>Exponent of the Zipf law that both follow.</summary>
    public double Skew { get; init; } = 1.05;

    /// <summary>Seed.</summary>
    public int Seed { get; init; } = 1;
}
