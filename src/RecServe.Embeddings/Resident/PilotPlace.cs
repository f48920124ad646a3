namespace RecServe.Embeddings;

/// <summary>Where one part's pilots stand: that of bucket b is the byte at <paramref name="Start"/> + b.</summary>
internal readonly unsafe record struct PilotPlace(nint Start, PilotBlock Block)
{
    /// <summary>The first pilot.</summary>
    public byte* First => (byte*)Start;
}
