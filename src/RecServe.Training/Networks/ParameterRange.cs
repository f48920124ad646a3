namespace RecServe.Training.Networks;

/// <summary>Where a named tensor stands in the flat parameters.</summary>
/// <param name="Name">For example <c>mlp.0.weight</c> or <c>table.user</c>.</param>
/// <param name="Offset">First float.</param>
/// <param name="Rows">Outputs of a weight, rows of a table, length of a vector.</param>
/// <param name="Columns">Inputs of a weight, width of a table, 1 for a vector.</param>
public sealed record ParameterRange(string Name, int Offset, int Rows, int Columns)
{
    /// <summary>Floats.</summary>
    public int Length => Rows * Columns;

    /// <summary>The tensor's floats in <paramref name="flat"/>.</summary>
    public Span<float> In(float[] flat) => flat.AsSpan(Offset, Length);
}
