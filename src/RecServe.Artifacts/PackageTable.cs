namespace RecServe.Artifacts;

/// <summary>
/// The embedding rows of one field: those in fp32, and sets of rows in other formats. A row holds the embedding, then the first-order weight where the
/// field has one.
/// </summary>
public sealed record PackageTable
{
    /// <summary>Table name: the field's.</summary>
    public required string Name { get; init; }

    /// <summary>Floats of a row.</summary>
    public required int Width { get; init; }

    /// <summary>Keys of the fp32 rows, strictly ascending.</summary>
    public required ulong[] Keys { get; init; }

    /// <summary>The fp32 rows in the order of <see cref="Keys"/>; row r holds floats [r·Width, (r+1)·Width).</summary>
    public required float[] Rows { get; init; }

    /// <summary>The rows that are not fp32: at most one set a format, in the order of <see cref="PackageRowFormat.All"/>, none empty.</summary>
    public IReadOnlyList<PackageRowSet> Quantized { get; init; } = [];

    /// <summary>SHA-256 of the table's file, 64 hexadecimal digits; null for a table that was not read from a package.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Rows in all formats.</summary>
    public int RowCount => Keys.Length + Quantized.Sum(set => set.Keys.Length);

    /// <summary>Bytes of the encoded rows in all formats, without their keys.</summary>
    public long RowBytes => (4L * Rows.Length) + Quantized.Sum(set => (long)set.Rows.Length);

    /// <summary>Mean of the field's pooled vector over the training samples: what the model sees on average (base of explanations).</summary>
    public required float[] Mean { get; init; }

    /// <summary>What a key without a row gets: the mean of the rows over all training look-ups.</summary>
    public required float[] Default { get; init; }

    /// <summary>What a value that is not in the table gets where the training data had rare values to learn it from; null otherwise.</summary>
    public float[]? Unknown { get; init; }
}
