namespace RecServe.Embeddings;

/// <summary>Where a gather writes: sample s gets floats [s·stride + embeddingOffset, + dim) and float s·stride + linearOffset.</summary>
/// <param name="Stride">Floats from one sample to the next.</param>
/// <param name="EmbeddingOffset">Place of the embedding in a sample's floats.</param>
/// <param name="Dim">Floats of the embedding; with the first-order weight, if any, the width of the table's rows.</param>
/// <param name="LinearOffset">Place of the first-order weight in a sample's floats, or -1 for rows without one.</param>
public readonly record struct VectorPlace(int Stride, int EmbeddingOffset, int Dim, int LinearOffset);
