using RecServe.Artifacts;

namespace RecServe.Cli.Updates;

/// <summary>The packages of a models folder, laid out as <c>DIR/name/version/</c>.</summary>
internal static class PackageFolder
{
    /// <summary>Reads them, by name and version; numbered versions in the order of their numbers.</summary>
    /// <exception cref="UsageException">There is no such folder, or no package in it.</exception>
    public static IEnumerable<ModelPackage> Read(string models)
    {
        if (!Directory.Exists(models))
            throw new UsageException($"there is no folder {models}; it must hold packages, laid out as {models}/name/version/{PackageManifest.FileName}");
        string[] directories = [.. Directory.EnumerateFiles(models, PackageManifest.FileName, new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2 })
            .Select(manifest => Path.GetDirectoryName(manifest)!)
            .OrderBy(Path.GetDirectoryName, StringComparer.Ordinal)
            .ThenBy(directory => Path.GetFileName(directory), StringComparer.Create(System.Globalization.CultureInfo.InvariantCulture, System.Globalization.CompareOptions.NumericOrdering))];
        return directories.Length > 0 ? directories.Select(PackageReader.Read)
            : throw new UsageException($"{models} holds no package; it must be laid out as {models}/name/version/{PackageManifest.FileName}");
    }
}
