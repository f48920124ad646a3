namespace RecServe.Ranking;

/// <summary>Where one field's floats stand in a gathered vector of its side.</summary>
/// <param name="Field">Index of the field in the package's field list.</param>
/// <param name="Name">Field name.</param>
/// <param name="Dim">Floats of the embedding; 0 where the model has first-order weights only.</param>
/// <param name="EmbeddingOffset">First float of the embedding.</param>
/// <param name="LinearOffset">The float of the first-order weight; −1 where there is none.</param>
public sealed record FieldSlot(int Field, string Name, int Dim, int EmbeddingOffset, int LinearOffset);
