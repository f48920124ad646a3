namespace RecServe.FeatureStore;

/// <summary>How a <see cref="DurableFeatureStore"/> works.</summary>
public sealed record DurableFeatureStoreOptions
{
    /// <summary>Names the store's tables in the node's store: another name is another set of rows. Default <c>features</c>.</summary>
    public string Name { get; init; } = "features";

    /// <summary>Bytes of process memory for the rows that are asked for, and for ids that are known to have none, 0 to 1 TiB; default 64 MiB. 0: every look-up goes to the node's store.</summary>
    public long HotBytes { get; init; } = 64L << 20;

    internal DurableFeatureStoreOptions Checked()
    {
        if (string.IsNullOrWhiteSpace(Name))
            throw new ArgumentException($"{nameof(Name)} must name the store");
        return HotBytes is >= 0 and <= 1L << 40 ? this : throw new ArgumentException($"{nameof(HotBytes)} is {HotBytes:N0}; it must be 0 to {1L << 40:N0}");
    }
}
