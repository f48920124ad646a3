using System.Text.Json;

namespace RecServe.Artifacts;

/// <summary><see cref="PackageManifest"/> from and to the JSON of <c>manifest.json</c>.</summary>
public static partial class ManifestJson
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>Reads a manifest. Members that it does not know are ignored.</summary>
    /// <exception cref="PackageException">It is not JSON, another format or version, or a member is missing or out of range.</exception>
    public static PackageManifest Read(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8, Options);
            return Read(new JsonMember(document.RootElement, ""));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string that is not valid UTF-8 or holds half a surrogate pair.
            throw new PackageException($"{PackageManifest.FileName}: not valid JSON: {exception.Message}", exception);
        }
    }

    private static PackageManifest Read(JsonMember root)
    {
        JsonMember format = root["format"], version = root["format_version"];
        if (format.Text() != PackageManifest.Format)
            throw format.Wrong($"is '{format.Text()}', expected '{PackageManifest.Format}'");
        if (version.Whole(0, int.MaxValue) is var found && found != PackageManifest.FormatVersion)
            throw version.Wrong($"is {found}, this program reads version {PackageManifest.FormatVersion}");
        var metrics = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach ((string name, JsonMember member) in root["metrics"].Members())
            metrics.Add(name, member.Number());
        return new PackageManifest
        {
            Lineage = root["lineage"].Text(),
            Schema = root["schema"].Object(),
            Fields = root["fields"].Array(PackageLimits.Fields, Field),
            Architecture = Architecture(root["architecture"]),
            Tables = root["tables"].Array(PackageLimits.Fields, Table),
            Catalogs = root["catalogs"].Array(PackageLimits.Catalogs, Catalog),
            Training = root.Optional("training"),
            Metrics = metrics,
            Compression = root.Optional("compression"),
            Files = root["files"].Array(PackageLimits.Files, File),
        };
    }

    private static PackageField Field(JsonMember member) => new()
    {
        Name = member["name"].Text(),
        Dim = (int)member["dim"].Whole(0, PackageLimits.Dim),
        Linear = member["linear"].Flag(),
        Mean = (float)member["mean"].Number(),
        Deviation = (float)member["deviation"].Number(),
    };

    private static ManifestTable Table(JsonMember member)
    {
        int rows = (int)member["rows"].Whole(0, Array.MaxLength);
        return new ManifestTable(
            member["name"].Text(),
            (int)member["width"].Whole(1, PackageLimits.Dim + 1),
            rows,
            member["unknown"].Flag(),
            PackagePath.Check(member["file"]),
            member.TryGet("formats", out JsonMember formats) ? Sets(formats, rows) : [new ManifestRowSet(PackageRowFormat.All[0], rows)]);
    }

    private static ManifestRowSet[] Sets(JsonMember formats, int rows)
    {
        var sets = new List<ManifestRowSet>();
        long total = 0;
        foreach ((string name, JsonMember count) in formats.Members())
        {
            PackageRowFormat format = PackageRowFormat.Find(name)
                ?? throw count.Wrong($"is no row format; there are {string.Join(", ", PackageRowFormat.All.Select(f => f.Name))}");
            sets.Add(new ManifestRowSet(format, (int)count.Whole(1, Array.MaxLength)));
            total += sets[^1].Rows;
        }

        if (total != rows)
            throw formats.Wrong($"has {total} rows in all, the table has {rows}");
        return [.. PackageRowFormat.All.SelectMany(format => sets.Where(set => set.Format == format))];
    }

    private static ManifestCatalog Catalog(JsonMember member) => new(
        member["entity"].Text(),
        (int)member["count"].Whole(0, Array.MaxLength - 1),
        member["columns"].Array(PackageLimits.Fields, m => m.Text()),
        PackagePath.Check(member["file"]));

    private static ManifestFile File(JsonMember member)
    {
        string sha = member["sha256"].Text();
        if (sha.Length != 64 || !sha.All(char.IsAsciiHexDigitLower))
            throw member["sha256"].Wrong("expected 64 lower-case hexadecimal digits");
        return new ManifestFile(PackagePath.Check(member["path"]), member["bytes"].Whole(0, long.MaxValue), sha);
    }
}
