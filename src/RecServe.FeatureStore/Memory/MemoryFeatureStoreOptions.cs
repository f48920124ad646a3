namespace RecServe.FeatureStore;

/// <summary>What a <see cref="MemoryFeatureStore"/> may take.</summary>
public sealed record MemoryFeatureStoreOptions
{
    /// <summary>Bytes of rows, ids and tables around them, 1 KiB to 1 TiB; default 256 MiB, about a million rows of a few features. Over it, rows that would take more are refused.</summary>
    public long MaxBytes { get; init; } = 256L << 20;

    /// <summary>Deletions that are remembered, oldest forgotten first, 0 to 100,000,000; default 100,000. A row older than a forgotten deletion is taken for new.</summary>
    public int MaxTombstones { get; init; } = 100_000;

    internal MemoryFeatureStoreOptions Checked()
    {
        if (MaxBytes is < 1 << 10 or > 1L << 40)
            throw new ArgumentException($"{nameof(MaxBytes)} is {MaxBytes:N0}; it must be {1 << 10:N0} to {1L << 40:N0}");
        if (MaxTombstones is < 0 or > 100_000_000)
            throw new ArgumentException($"{nameof(MaxTombstones)} is {MaxTombstones:N0}; it must be 0 to 100,000,000");
        return this;
    }
}
