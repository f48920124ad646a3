namespace RecServe.Embeddings;

/// <summary>What the writer knows of a row of the delta; readers never look here.</summary>
internal struct DeltaRow
{
    /// <summary>Its key.</summary>
    public ulong Key;

    /// <summary>Its version.</summary>
    public ulong Version;

    /// <summary>Epoch in which it came into its state.</summary>
    public long Epoch;

    /// <summary>Its slot in the part, or -1.</summary>
    public int Slot;

    /// <summary>Where it is on its way.</summary>
    public DeltaState State;
}
