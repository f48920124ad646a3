namespace RecServe.Embeddings;

/// <summary>The tiers below process memory, which all tables of a node share.</summary>
public sealed class RowTiers
{
    private long _writes;

    /// <summary>No tier below: what process memory lacks has no row.</summary>
    public static RowTiers None { get; } = new();

    /// <summary>The node's store of record; null without one.</summary>
    public IRowStore? Store { get; init; }

    /// <summary>The cache that replicas share; null without one.</summary>
    public SharedRows? Shared { get; init; }

    /// <summary>Longest that a request waits for the shared cache; default 5 ms.</summary>
    public TimeSpan SharedBudget { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Batches of updates that were applied: whether a checkpoint has anything new to keep.</summary>
    public long Writes => Volatile.Read(ref _writes);

    /// <summary>Whether a row that process memory lacks may be below.</summary>
    public bool HasRowsBeyond(IHotRows hot) => Shared is not null || (Store is not null && !hot.IsComplete);

    /// <summary>
    /// Looks for the rows of a request: first in the node's store, whose rows are the newest there are, then, for rows that it does not own, in the shared cache. Never
    /// throws for what disk or network do: <see cref="TierBatch.Fault"/> names the tier that could not be asked.
    /// </summary>
    public void Find(TierBatch missing)
    {
        if (missing.Missing > 0)
            Store?.Find(missing);
        if (missing.Missing > 0 && Shared is not null && Shared.Find(missing, SharedBudget).IsDegraded)
            missing.Fault = "redis";
    }

    internal void CountWrite() => Interlocked.Increment(ref _writes);
}
