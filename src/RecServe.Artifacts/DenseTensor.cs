namespace RecServe.Artifacts;

/// <summary>A named fp32 tensor of the dense part, row-major.</summary>
/// <param name="Name">For example <c>mlp.0.weight</c>.</param>
/// <param name="Shape">Sizes; a weight is [outputs, inputs].</param>
/// <param name="Values">As many floats as the product of the shape.</param>
public sealed record DenseTensor(string Name, IReadOnlyList<int> Shape, float[] Values);
