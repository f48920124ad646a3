namespace RecServe.Artifacts;

/// <summary>The rows of a table that are stored in one format.</summary>
/// <param name="Format">How they are stored.</param>
/// <param name="Rows">Number of rows.</param>
public sealed record ManifestRowSet(PackageRowFormat Format, int Rows);
