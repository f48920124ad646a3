namespace RecServe.Features;

/// <summary>One field's encoded values for every entity of an <see cref="EntityCatalog"/>.</summary>
/// <param name="Field">Index of the field in the package's field list.</param>
/// <param name="Keys">Row keys of all entities.</param>
/// <param name="Weights">Weight of each key.</param>
/// <param name="Offsets">Count + 1 offsets into <paramref name="Keys"/>; an entity without entries has no value for the field.</param>
public sealed record EntityColumn(int Field, ulong[] Keys, float[] Weights, int[] Offsets)
{
    /// <summary>Adds the entries of an entity to the open sample of a column.</summary>
    public void CopyTo(int row, FeatureColumn column)
    {
        int start = Offsets[row], length = Offsets[row + 1] - start;
        column.AddRange(Keys.AsSpan(start, length), Weights.AsSpan(start, length));
    }
}
