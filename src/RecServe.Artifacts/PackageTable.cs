namespace RecServe.Artifacts;

/// <summary>
/// The embedding rows of one field, fp32. Row r holds floats [r·Width, (r+1)·Width): the embedding, then the first-order weight where
/// the field has one.
/// </summary>
public sealed record PackageTable
{
    /// <summary>Table name: the field's.</summary>
    public required string Name { get; init; }

    /// <summary>Floats of a row.</summary>
    public required int Width { get; init; }

    /// <summary>Row keys, strictly ascending.</summary>
    public required ulong[] Keys { get; init; }

    /// <summary>Rows in the order of <see cref="Keys"/>; Keys.Length × Width floats.</summary>
    public required float[] Rows { get; init; }

    /// <summary>Mean of the field's pooled vector over the training samples: what the model sees on average (base of explanations).</summary>
    public required float[] Mean { get; init; }

    /// <summary>What a key without a row gets: the mean of the rows over all training look-ups.</summary>
    public required float[] Default { get; init; }

    /// <summary>What a value that is not in the table gets where the training data had rare values to learn it from; null otherwise.</summary>
    public float[]? Unknown { get; init; }
}
