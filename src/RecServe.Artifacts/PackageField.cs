namespace RecServe.Artifacts;

/// <summary>One field as a package knows it: which table it reads and how its values are encoded.</summary>
public sealed record PackageField
{
    /// <summary>Field name; also the name of its table.</summary>
    public required string Name { get; init; }

    /// <summary>Floats of the embedding part of a row; 0 for <c>lr</c>.</summary>
    public required int Dim { get; init; }

    /// <summary>Whether a row ends with one more float, the field's first-order weight (<c>lr</c>, <c>fm</c>, <c>deepfm</c>).</summary>
    public required bool Linear { get; init; }

    /// <summary>Mean of the training data; used by the standardize transform only.</summary>
    public float Mean { get; init; }

    /// <summary>Standard deviation of the training data; used by the standardize transform only.</summary>
    public float Deviation { get; init; } = 1;

    /// <summary>Floats of a row.</summary>
    public int Width => Dim + (Linear ? 1 : 0);
}
