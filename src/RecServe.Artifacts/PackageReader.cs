using System.Security.Cryptography;

namespace RecServe.Artifacts;

/// <summary>
/// Reads a model package. Size and SHA-256 of every file are verified before a byte of it is used; files that the manifest does not
/// name are ignored. Nothing in a package is executed.
/// </summary>
public static class PackageReader
{
    /// <summary>Reads a whole package.</summary>
    /// <param name="directory">The version directory.</param>
    /// <exception cref="PackageException">It is no package, of another version, damaged, or breaks a rule of the format.</exception>
    public static ModelPackage Read(string directory) => Guarded(directory, () =>
    {
        PackageManifest manifest = LoadManifest(directory);
        foreach (ManifestFile file in manifest.Files)
            Verify(directory, file);

        DenseTensor[] dense = Open(directory, PackagePath.Dense, ReadDense);
        PackageChecks.Dense(PackagePath.Dense, dense, manifest.Architecture, manifest.Fields);
        var tables = new PackageTable[manifest.Fields.Count];
        for (int i = 0; i < tables.Length; i++)
        {
            ManifestTable table = manifest.Tables[i];
            string sha256 = manifest.Files.First(file => file.Path == table.File).Sha256;
            tables[i] = Open(directory, table.File, reader => ReadTable(reader, table) with { Sha256 = sha256 });
            PackageChecks.Table(table.File, tables[i], manifest.Fields[i]);
        }

        var catalogs = new PackageCatalog[manifest.Catalogs.Count];
        for (int i = 0; i < catalogs.Length; i++)
        {
            ManifestCatalog catalog = manifest.Catalogs[i];
            catalogs[i] = Open(directory, catalog.File, reader => ReadCatalog(reader, catalog));
            PackageChecks.Catalog(catalog.File, catalogs[i], manifest.Fields);
        }

        return new ModelPackage
        {
            Lineage = manifest.Lineage,
            Schema = manifest.Schema,
            Fields = manifest.Fields,
            Architecture = manifest.Architecture,
            Dense = dense,
            Tables = tables,
            Catalogs = catalogs,
            Training = manifest.Training,
            Metrics = manifest.Metrics,
            Compression = manifest.Compression,
        };
    });

    /// <summary>Reads the manifest alone, for listings: what the package claims, without a look at its other files.</summary>
    /// <param name="directory">The version directory.</param>
    /// <exception cref="PackageException">It is no package, of another version, or the manifest breaks a rule of the format.</exception>
    public static PackageManifest ReadManifest(string directory) => Guarded(directory, () => LoadManifest(directory));

    private static PackageManifest LoadManifest(string directory)
    {
        string path = Path.Combine(directory, PackageManifest.FileName);
        if (!File.Exists(path))
            throw new PackageException($"{PackageManifest.FileName} is missing: not a model package");
        long length = LengthOf(path);
        if (length > PackageLimits.ManifestBytes)
            throw new PackageException($"{PackageManifest.FileName}: has {length} bytes, the limit is {PackageLimits.ManifestBytes}");
        PackageManifest manifest = ManifestJson.Read(File.ReadAllBytes(path));
        PackageChecks.Manifest(manifest);
        return manifest;
    }

    private static void Verify(string directory, ManifestFile file)
    {
        string path = Path.Combine(directory, file.Path);
        if (!File.Exists(path))
            throw new PackageException($"{file.Path}: is missing");
        long length = LengthOf(path);
        if (length != file.Bytes)
            throw new PackageException($"{file.Path}: has {length} bytes, the manifest says {file.Bytes}");
        using FileStream stream = File.OpenRead(path);
        string sha = Convert.ToHexStringLower(SHA256.HashData(stream));
        if (sha != file.Sha256)
            throw new PackageException($"{file.Path}: sha256 is {sha}, the manifest says {file.Sha256}");
    }

    /// <summary>Length of what a name finally points to; opening first could block on a pipe.</summary>
    private static long LengthOf(string path)
    {
        FileSystemInfo info = File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path);
        return ((FileInfo)info).Length;
    }

    private static T Open<T>(string directory, string path, Func<SafetensorsReader, T> read)
    {
        using FileStream stream = File.OpenRead(Path.Combine(directory, path));
        return read(new SafetensorsReader(stream, path));
    }

    private static DenseTensor[] ReadDense(SafetensorsReader reader)
    {
        var dense = new DenseTensor[reader.Tensors.Count];
        for (int i = 0; i < dense.Length; i++)
        {
            SafetensorsTensor tensor = reader.Tensors[i];
            if (tensor.Type != TensorType.F32 || tensor.Shape.Any(s => s > int.MaxValue))
                throw new PackageException($"{PackagePath.Dense}: tensor '{tensor.Name}' is {tensor.Type} [{string.Join(", ", tensor.Shape)}], expected F32");
            dense[i] = new DenseTensor(tensor.Name, [.. tensor.Shape.Select(s => (int)s)], reader.Read<float>(tensor));
        }

        return dense;
    }

    private static PackageTable ReadTable(SafetensorsReader reader, ManifestTable table)
    {
        float[] Row(string name) => reader.Read<float>(reader.Require(name, TensorType.F32, table.Width));
        T[] Rows<T>(ManifestRowSet set) where T : unmanaged =>
            reader.Read<T>(reader.Require(PackageTensors.Rows(set.Format.Name), TensorType.U8, set.Rows, set.Format.RowBytes(table.Width)));
        ulong[] Keys(ManifestRowSet set) => reader.Read<ulong>(reader.Require(PackageTensors.Keys(set.Format.Name), TensorType.U64, set.Rows));
        ManifestRowSet? plain = table.Sets.FirstOrDefault(set => set.Format == PackageRowFormat.All[0]);
        return new PackageTable
        {
            Name = table.Name,
            Width = table.Width,
            Keys = plain is null ? [] : Keys(plain),
            Rows = plain is null ? [] : Rows<float>(plain),
            Quantized = [.. table.Sets.Where(set => set != plain).Select(set => new PackageRowSet { Format = set.Format, Keys = Keys(set), Rows = Rows<byte>(set) })],
            Mean = Row(PackageTensors.Mean),
            Default = Row(PackageTensors.Default),
            Unknown = table.Unknown ? Row(PackageTensors.Unknown) : null,
        };
    }

    private static PackageCatalog ReadCatalog(SafetensorsReader reader, ManifestCatalog catalog)
    {
        int[] Offsets(string name) => reader.Read<int>(reader.Require(name, TensorType.I32, catalog.Count + 1));
        return new PackageCatalog
        {
            Entity = catalog.Entity,
            IdBytes = reader.Read<byte>(reader.Require(PackageTensors.IdBytes, TensorType.U8, -1)),
            IdOffsets = Offsets(PackageTensors.IdOffsets),
            Columns = [.. catalog.Columns.Select(field => new PackageCatalogColumn(
                field,
                reader.Read<ulong>(reader.Require(PackageTensors.ColumnKeys(field), TensorType.U64, -1)),
                reader.Read<float>(reader.Require(PackageTensors.ColumnWeights(field), TensorType.F32, -1)),
                Offsets(PackageTensors.ColumnOffsets(field))))],
        };
    }

    private static T Guarded<T>(string directory, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is PackageException or IOException or UnauthorizedAccessException)
        {
            throw new PackageException($"package {directory}: {exception.Message}", exception);
        }
    }
}
