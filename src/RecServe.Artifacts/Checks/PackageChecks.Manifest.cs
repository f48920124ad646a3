namespace RecServe.Artifacts;

internal static partial class PackageChecks
{
    /// <summary>The parts of a manifest agree with each other.</summary>
    public static void Manifest(PackageManifest manifest)
    {
        try
        {
            Header(manifest.Lineage, manifest.Fields, manifest.Metrics);
            DenseShapes.Of(manifest.Architecture, manifest.Fields);
            Entities(manifest.Catalogs.Select(c => c.Entity));
            Tables(manifest);
            Files(manifest);
        }
        catch (PackageException exception)
        {
            throw new PackageException($"{PackageManifest.FileName}: {exception.Message}", exception);
        }
    }

    private static void Tables(PackageManifest manifest)
    {
        if (manifest.Tables.Count != manifest.Fields.Count)
            throw new PackageException($"tables: has {manifest.Tables.Count} entries for {manifest.Fields.Count} fields");
        for (int i = 0; i < manifest.Tables.Count; i++)
        {
            ManifestTable table = manifest.Tables[i];
            PackageField field = manifest.Fields[i];
            if (table.Name != field.Name || table.Width != field.Width)
                throw new PackageException($"tables[{i}]: '{table.Name}' of width {table.Width}, fields[{i}] is '{field.Name}' of width {field.Width}");
        }
    }

    private static void Files(PackageManifest manifest)
    {
        // Names that differ in case alone are one file on some systems.
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { PackageManifest.FileName };
        var listed = new HashSet<string>(StringComparer.Ordinal);
        foreach (ManifestFile file in manifest.Files)
        {
            listed.Add(file.Path);
            if (!names.Add(file.Path))
                throw new PackageException($"files: '{file.Path}' stands twice or is the manifest itself");
        }

        foreach (string path in manifest.Tables.Select(t => t.File).Concat(manifest.Catalogs.Select(c => c.File)).Prepend(PackagePath.Dense))
        {
            if (!listed.Contains(path))
                throw new PackageException($"files: '{path}' is not listed");
        }
    }
}
