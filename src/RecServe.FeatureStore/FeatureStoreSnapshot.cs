namespace RecServe.FeatureStore;

/// <summary>Counts of a store at one time.</summary>
public sealed record FeatureStoreSnapshot
{
    /// <summary>Users that have a row.</summary>
    public required long Users { get; init; }

    /// <summary>Items that have a row.</summary>
    public required long Items { get; init; }

    /// <summary>Contexts that have a row.</summary>
    public required long Contexts { get; init; }

    /// <summary>Deletions that are remembered.</summary>
    public required long Tombstones { get; init; }

    /// <summary>Bytes of process memory that rows take, ids and tables around them included.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Rows in process memory.</summary>
    public required long MemoryRows { get; init; }
}
