namespace RecServe.Artifacts;

/// <summary>Size and checksum of one file.</summary>
/// <param name="Path">Relative to the package directory, with forward slashes.</param>
/// <param name="Bytes">Length.</param>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
public sealed record ManifestFile(string Path, long Bytes, string Sha256);
