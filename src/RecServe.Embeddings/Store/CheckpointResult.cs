namespace RecServe.Embeddings;

/// <summary>A checkpoint that was taken.</summary>
/// <param name="Number">Its number; grows by one.</param>
/// <param name="WithIndex">Whether the index was written too.</param>
/// <param name="BytesWritten">Bytes of log and index that it put on the disk.</param>
/// <param name="Duration">From the call to the published file.</param>
public readonly record struct CheckpointResult(long Number, bool WithIndex, long BytesWritten, TimeSpan Duration);
