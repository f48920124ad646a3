namespace RecServe.Embeddings;

/// <summary>The tiers below process memory, which all tables of a node share.</summary>
public sealed class RowTiers
{
    /// <summary>No tier below: what process memory lacks has no row.</summary>
    public static RowTiers None { get; } = new();

    /// <summary>The cache that replicas share; null without one.</summary>
    public SharedRows? Shared { get; init; }

    /// <summary>Longest that a request waits for the shared cache; default 5 ms.</summary>
    public TimeSpan SharedBudget { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Whether a row that process memory lacks may be below.</summary>
    public bool HasRowsBeyond(IHotRows hot) => !hot.IsComplete || Shared is not null;

    /// <summary>
    /// Looks for the rows of a request: first in the node's store, whose rows are the newest there are, then, for rows that it does not own, in the shared cache.
    /// </summary>
    public void Find(TierBatch missing)
    {
        if (missing.Missing > 0 && Shared is not null && Shared.Find(missing, SharedBudget).Trouble is not SharedRowsTrouble.None)
            missing.Fault = "redis";
    }
}
