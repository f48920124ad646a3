namespace RecServe.Embeddings;

/// <summary>Where the rows of loaded packages go.</summary>
public sealed record TableLoaderOptions
{
    /// <summary>
    /// Bytes of process memory for the rows of one model version; 0 (the default): every row. Less than they need is possible with a store only: small tables are then
    /// held whole, large ones as a cache of the rows asked for most.
    /// </summary>
    public long HotBytes { get; init; }

    /// <summary>Seed of the hashes of tables that are held in part. A secret one keeps outsiders from choosing keys that crowd one place.</summary>
    public ulong Seed { get; init; }
}
