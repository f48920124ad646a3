namespace RecServe.Artifacts;

/// <summary>One table as the manifest states it.</summary>
/// <param name="Name">The field's name.</param>
/// <param name="Width">Floats of a row.</param>
/// <param name="Rows">Number of rows in all formats.</param>
/// <param name="Unknown">Whether the table has an unknown row.</param>
/// <param name="File">Path of its safetensors file, relative to the package directory.</param>
/// <param name="Sets">Rows in each format, the most precise first.</param>
public sealed record ManifestTable(string Name, int Width, int Rows, bool Unknown, string File, IReadOnlyList<ManifestRowSet> Sets)
{
    /// <summary>Bytes of the encoded rows in all formats.</summary>
    public long RowBytes => Sets.Sum(set => (long)set.Rows * set.Format.RowBytes(Width));
}
