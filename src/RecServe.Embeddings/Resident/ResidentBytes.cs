namespace RecServe.Embeddings;

/// <summary>Rows and memory of a <see cref="ResidentTable"/>, everything counted.</summary>
/// <param name="Rows">Rows that gathers find.</param>
/// <param name="DeltaRows">Those of them that stand in the delta.</param>
/// <param name="Payload">Bytes of the encoded rows alone.</param>
/// <param name="Total">Bytes of slots, keys, versions, pilots, delta and directory, whole pages.</param>
/// <param name="Delta">Bytes of the delta within <paramref name="Total"/>.</param>
/// <param name="Retired">Bytes of replaced parts that wait for a reader to leave; not in <paramref name="Total"/>.</param>
public readonly record struct ResidentBytes(long Rows, long DeltaRows, long Payload, long Total, long Delta, long Retired)
{
    /// <summary>Bytes a row costs beyond its payload.</summary>
    public double OverheadPerRow => Rows == 0 ? 0 : (double)(Total - Payload) / Rows;
}
