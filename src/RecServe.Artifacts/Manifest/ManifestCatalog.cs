namespace RecServe.Artifacts;

/// <summary>One catalog as the manifest states it.</summary>
/// <param name="Entity"><c>items</c> or <c>users</c>.</param>
/// <param name="Count">Number of entities.</param>
/// <param name="Columns">Names of the fields held.</param>
/// <param name="File">Path of its safetensors file, relative to the package directory.</param>
public sealed record ManifestCatalog(string Entity, int Count, IReadOnlyList<string> Columns, string File);
