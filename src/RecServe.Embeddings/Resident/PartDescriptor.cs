namespace RecServe.Embeddings;

/// <summary>Where a part lies.</summary>
internal unsafe struct PartDescriptor
{
    /// <summary>First slot.</summary>
    public byte* Slots;

    /// <summary>The pilot of bucket 0, before those of the others.</summary>
    public byte* Pilots;

    /// <summary>Sizes of the part.</summary>
    public PartSize Size;
}
