namespace RecServe.FeatureStore;

/// <summary>What became of a row that was applied.</summary>
public enum FeatureOutcome : byte
{
    /// <summary>It is the entity's row now, or the entity is deleted.</summary>
    Applied,

    /// <summary>The entity has a row, or a deletion, of the same or a higher version: nothing changed.</summary>
    Stale,

    /// <summary>The store is full: nothing changed. Deletions and smaller rows are still taken.</summary>
    Full,

    /// <summary>Another id with the same hash has a row: nothing changed.</summary>
    Collision,
}
