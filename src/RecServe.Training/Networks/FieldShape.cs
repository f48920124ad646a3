namespace RecServe.Training.Networks;

/// <summary>One field's table as a network sees it.</summary>
/// <param name="Name">Field name.</param>
/// <param name="Rows">Rows of the table.</param>
/// <param name="Dim">Floats of the embedding; 0 where there are first-order weights only.</param>
/// <param name="Linear">Whether a row ends with a first-order weight.</param>
public sealed record FieldShape(string Name, int Rows, int Dim, bool Linear)
{
    /// <summary>Floats of a row.</summary>
    public int Width => Dim + (Linear ? 1 : 0);
}
