namespace RecServe.Artifacts;

/// <summary>A dense tensor that an architecture asks for.</summary>
/// <param name="Name">Name.</param>
/// <param name="Sizes">[outputs, inputs] of a weight, [length] of a vector.</param>
public sealed record TensorShape(string Name, params int[] Sizes)
{
    /// <summary>Floats.</summary>
    public long Length => Sizes.Aggregate(1L, (product, size) => product * size);
}
