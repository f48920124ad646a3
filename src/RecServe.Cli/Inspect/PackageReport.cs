using System.Globalization;
using System.Text.Json;
using RecServe.Artifacts;

namespace RecServe.Cli.Inspect;

/// <summary>Shows what a package's manifest says.</summary>
internal static class PackageReport
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Architecture, tables, catalogs and metrics as text.</summary>
    public static void WriteText(PackageManifest manifest, TextWriter writer)
    {
        ModelArchitecture shape = manifest.Architecture;
        string layers = shape.Hidden.Count == 0 ? "" : $", hidden layers {string.Join(" ", shape.Hidden)}";
        string cross = shape.Structure is null ? "" : $", {shape.Structure}, {shape.CrossLayers} cross layers";
        if (shape.CrossMixture is { } mixture)
            cross += $" of {mixture.Experts} experts of {mixture.Rank} units";
        string experts = shape.Experts is not { } e ? "" : $", {e.Layers} layer(s) of {e.PerLayer(shape.Tasks.Count)} experts {string.Join(" ", e.Widths)}{(e.TopK > 0 ? $", best {e.TopK} of each task" : "")}, tasks {string.Join(" ", shape.Tasks.Select(task => task.Name))}";
        if (shape.Sparse is { } sparse)
        {
            string choice = sparse.TopK > 0 ? $"best {sparse.TopK}" : string.Create(CultureInfo.InvariantCulture, $"up to a sum of {sparse.TopP}");
            experts = $", width {sparse.Width}, {sparse.Layers} layer(s) of {sparse.Networks} networks of {sparse.Hidden}, {sparse.Constants} constants, {sparse.Copies} copies, "
                + $"{sparse.Zeros} zeros, {choice}, tasks {string.Join(" ", shape.Tasks.Select(task => task.Name))}";
        }

        writer.WriteLine($"model     {shape.Kind}{cross}{layers}{experts}");
        writer.WriteLine($"lineage   {manifest.Lineage}");
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"size      {manifest.TotalBytes:N0} bytes in {manifest.Files.Count} files; {manifest.TotalRows:N0} embedding rows"));
        int name = Math.Clamp(manifest.Tables.Max(table => table.Name.Length), 5, 40);
        writer.WriteLine($"  {"table".PadRight(name)}  {"dim",5}  {"rows",11}  {"row bytes",14}");
        foreach ((ManifestTable table, PackageField field) in manifest.Tables.Zip(manifest.Fields))
        {
            writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  {table.Name.PadRight(name)}  {field.Dim,5}  {table.Rows,11:N0}  {table.RowBytes,14:N0}{Formats(table)}{(table.Unknown ? "  with an unknown row" : "")}"));
        }

        foreach (ManifestCatalog catalog in manifest.Catalogs)
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"catalog   {catalog.Entity}: {catalog.Count:N0} ({string.Join(", ", catalog.Columns)})"));
        foreach ((string metric, double value) in manifest.Metrics)
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"metric    {metric} {value:0.######}"));
    }

    /// <summary>The same in one JSON object, on one line.</summary>
    public static string ToJson(PackageManifest manifest) => JsonSerializer.Serialize(
        new
        {
            manifest.Lineage,
            manifest.Architecture,
            Bytes = manifest.TotalBytes,
            Rows = manifest.TotalRows,
            Tables = manifest.Tables.Zip(manifest.Fields, (table, field) => new { table.Name, field.Dim, field.Linear, table.Rows, table.RowBytes, Formats = table.Sets.ToDictionary(set => set.Format.Name, set => set.Rows), table.Unknown }),
            Catalogs = manifest.Catalogs.Select(catalog => new { catalog.Entity, catalog.Count, catalog.Columns }),
            manifest.Metrics,
            manifest.Training,
            manifest.Compression,
        },
        Json);

    private static string Formats(ManifestTable table) =>
        table.Sets is [{ Format.Name: "fp32" }] ? "" : "  " + string.Join(", ", table.Sets.Select(set => string.Create(CultureInfo.InvariantCulture, $"{set.Rows:N0} in {set.Format.Name}")));
}
