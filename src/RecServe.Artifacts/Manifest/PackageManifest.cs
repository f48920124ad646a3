using System.Text.Json;

namespace RecServe.Artifacts;

/// <summary>What <c>manifest.json</c> says: everything about a package but the numbers themselves (docs/formats/package.md).</summary>
public sealed record PackageManifest
{
    /// <summary>Value of <c>format</c>.</summary>
    public const string Format = "recserve.package";

    /// <summary>The one <c>format_version</c> that this program writes and reads.</summary>
    public const int FormatVersion = 1;

    /// <summary>File name in the package directory.</summary>
    public const string FileName = "manifest.json";

    /// <summary>See <see cref="ModelPackage.Lineage"/>.</summary>
    public required string Lineage { get; init; }

    /// <summary>See <see cref="ModelPackage.Schema"/>.</summary>
    public required JsonElement Schema { get; init; }

    /// <summary>See <see cref="ModelPackage.Fields"/>.</summary>
    public required IReadOnlyList<PackageField> Fields { get; init; }

    /// <summary>See <see cref="ModelPackage.Architecture"/>.</summary>
    public required ModelArchitecture Architecture { get; init; }

    /// <summary>One entry a field, in the order of <see cref="Fields"/>.</summary>
    public required IReadOnlyList<ManifestTable> Tables { get; init; }

    /// <summary>Known items and users.</summary>
    public required IReadOnlyList<ManifestCatalog> Catalogs { get; init; }

    /// <summary>See <see cref="ModelPackage.Training"/>.</summary>
    public JsonElement? Training { get; init; }

    /// <summary>See <see cref="ModelPackage.Metrics"/>.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>See <see cref="ModelPackage.Compression"/>.</summary>
    public JsonElement? Compression { get; init; }

    /// <summary>Every file of the package but the manifest itself, by path.</summary>
    public required IReadOnlyList<ManifestFile> Files { get; init; }

    /// <summary>Bytes of all files but the manifest.</summary>
    public long TotalBytes => Files.Sum(f => f.Bytes);

    /// <summary>Embedding rows of all tables.</summary>
    public long TotalRows => Tables.Sum(t => (long)t.Rows);
}
