namespace RecServe.Artifacts;

/// <summary>One table as the manifest states it.</summary>
/// <param name="Name">The field's name.</param>
/// <param name="Width">Floats of a row.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Unknown">Whether the table has an unknown row.</param>
/// <param name="File">Path of its safetensors file, relative to the package directory.</param>
public sealed record ManifestTable(string Name, int Width, int Rows, bool Unknown, string File);
