namespace RecServe.Embeddings;

/// <summary>Where a row of the delta is on its way into its slot.</summary>
internal enum DeltaState : byte
{
    /// <summary>The place holds no row.</summary>
    None,

    /// <summary>The key has no slot in the part.</summary>
    New,

    /// <summary>The key's slot is marked and still read by gathers that began before.</summary>
    Displaced,

    /// <summary>The slot holds the row again; gathers that saw the mark may still come here.</summary>
    Restored,
}
