namespace RecServe.Artifacts;

/// <summary>Writes a model package so that its directory is there as a whole or not at all, in bytes that depend on the content alone.</summary>
public static class PackageWriter
{
    /// <summary>Writes a package.</summary>
    /// <param name="package">The content; checked first.</param>
    /// <param name="directory">The version directory itself; must not exist, or be empty. Missing parents are made.</param>
    /// <exception cref="PackageException">
    /// The content breaks a rule of the format, the directory holds something, or the disk refused. Nothing is left behind, except that a
    /// process killed while it writes leaves a sibling <c>.NAME.writing-…</c>, which no reader looks at and anyone may delete.
    /// </exception>
    public static void Write(ModelPackage package, string directory) => Write(package, directory, PackageFiles.OnDisk);

    internal static void Write(ModelPackage package, string directory, PackageFiles files)
    {
        Check(package);
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        string? parent = Path.GetDirectoryName(target);
        if (parent is null || File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
            throw new PackageException($"{directory}: exists and is not empty; a package is never overwritten");

        string temporary = Path.Combine(parent, $".{Path.GetFileName(target)}.writing-{Path.GetRandomFileName()}");
        try
        {
            Directory.CreateDirectory(temporary);
            WriteFiles(package, temporary, files);
            files.Publish(temporary, target);
            DurableDirectory.Sync(parent);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PackageException($"{directory}: cannot write the package: {exception.Message}", exception);
        }
        finally
        {
            Remove(temporary);
        }
    }

    private static void Check(ModelPackage package)
    {
        PackageChecks.Header(package.Lineage, package.Fields, package.Metrics);
        PackageChecks.Dense("dense tensors", package.Dense, package.Architecture, package.Fields);
        if (package.Tables.Count != package.Fields.Count)
            throw new PackageException($"tables: has {package.Tables.Count} entries for {package.Fields.Count} fields");
        for (int i = 0; i < package.Tables.Count; i++)
            PackageChecks.Table($"table '{package.Tables[i].Name}'", package.Tables[i], package.Fields[i]);
        PackageChecks.Entities(package.Catalogs.Select(c => c.Entity));
        foreach (PackageCatalog catalog in package.Catalogs)
            PackageChecks.Catalog($"catalog '{catalog.Entity}'", catalog, package.Fields);
    }

    private static void WriteFiles(ModelPackage package, string root, PackageFiles files)
    {
        var written = new List<ManifestFile>();
        void Save(string path, SafetensorsWriter tensors) => written.Add(WriteFile(root, path, files, tensors.WriteTo));

        Save(PackagePath.Dense, PackageTensors.Dense(package.Dense));
        for (int i = 0; i < package.Tables.Count; i++)
            Save(PackagePath.Table(i, package.Tables[i].Name), PackageTensors.Table(package.Tables[i]));
        foreach (PackageCatalog catalog in package.Catalogs)
            Save(PackagePath.Catalog(catalog.Entity), PackageTensors.Catalog(catalog));

        byte[] manifest = ManifestJson.Write(Manifest(package, written));
        if (manifest.Length > PackageLimits.ManifestBytes)
            throw new PackageException($"{PackageManifest.FileName}: would have {manifest.Length} bytes, the limit is {PackageLimits.ManifestBytes}");
        WriteFile(root, PackageManifest.FileName, files, stream => stream.Write(manifest));
        foreach (string directory in Directory.EnumerateDirectories(root))
            DurableDirectory.Sync(directory);
        DurableDirectory.Sync(root);
    }

    private static ManifestFile WriteFile(string root, string path, PackageFiles files, Action<Stream> write)
    {
        string full = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        using Stream file = files.Create(full);
        using var hashing = new HashingStream(file);
        write(hashing);
        files.Sync(file);
        return hashing.Finish(path);
    }

    private static PackageManifest Manifest(ModelPackage package, List<ManifestFile> files) => new()
    {
        Lineage = package.Lineage,
        Schema = package.Schema,
        Fields = package.Fields,
        Architecture = package.Architecture,
        Tables = [.. package.Tables.Select((t, i) => new ManifestTable(t.Name, t.Width, t.RowCount, t.Unknown is not null, PackagePath.Table(i, t.Name), Sets(t)))],
        Catalogs = [.. package.Catalogs.Select(c => new ManifestCatalog(
            c.Entity, c.IdOffsets.Length - 1, [.. c.Columns.Select(column => column.Field)], PackagePath.Catalog(c.Entity)))],
        Training = package.Training,
        Metrics = package.Metrics,
        Compression = package.Compression,
        Files = [.. files.OrderBy(f => f.Path, StringComparer.Ordinal)],
    };

    private static ManifestRowSet[] Sets(PackageTable table)
    {
        IEnumerable<ManifestRowSet> quantized = table.Quantized.Select(set => new ManifestRowSet(set.Format, set.Keys.Length));
        return [.. table.Keys.Length > 0 || table.Quantized.Count == 0 ? quantized.Prepend(new ManifestRowSet(PackageRowFormat.All[0], table.Keys.Length)) : quantized];
    }

    private static void Remove(string temporary)
    {
        try
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The failure that led here is the one to report; what stays behind has a name that readers skip.
        }
    }
}
