using System.Globalization;
using System.Text.Json;
using RecServe.Artifacts;
using RecServe.Embeddings;
using RecServe.Kernels;

namespace RecServe.Cli.Inspect;

/// <summary>Shows what a package's rows take in process memory, by loading them.</summary>
internal static class TablesReport
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Loads the tables one after another and measures each.</summary>
    public static IReadOnlyList<(PackageTable Table, HotRowBytes Memory, long Stated)> Measure(ModelPackage package, CancellationToken cancellation)
    {
        var measured = new List<(PackageTable, HotRowBytes, long)>();
        foreach (PackageTable table in package.Tables)
        {
            cancellation.ThrowIfCancellationRequested();
            using IHotRows hot = PackageHotRows.Complete(table);
            measured.Add((table, hot.Measure(), TableMemory.Resident(table)));
        }

        return measured;
    }

    /// <summary>A line a table and a line for all.</summary>
    public static void WriteText(IReadOnlyList<(PackageTable Table, HotRowBytes Memory, long Stated)> tables, TextWriter writer)
    {
        int name = Math.Clamp(tables.Max(t => t.Table.Name.Length), 5, 40);
        writer.WriteLine($"{"table".PadRight(name)}  {"width",5}  {"rows",11}  {"encoded bytes",14}  {"memory",14}  {"a row",7}  {"beyond",7}  precisions");
        foreach ((PackageTable table, HotRowBytes memory, _) in tables)
        {
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{table.Name.PadRight(name)}  {table.Width,5}  {memory.Rows,11:N0}  {memory.Payload,14:N0}  {memory.Total,14:N0}  {PerRow(memory.Total, memory),7:0.0}  {PerRow(memory.Total - memory.Payload, memory),7:0.0}  {Precisions(memory)}"));
        }

        long rows = tables.Sum(t => t.Memory.Rows), payload = tables.Sum(t => t.Memory.Payload), total = tables.Sum(t => t.Memory.Total);
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{"all".PadRight(name)}  {"",5}  {rows,11:N0}  {payload,14:N0}  {total,14:N0}  {(rows == 0 ? 0 : (double)total / rows),7:0.0}  {(rows == 0 ? 0 : (double)(total - payload) / rows),7:0.0}"));
        writer.WriteLine("Memory counts slots, free ones too, keys, versions, pilots and whole pages; \"beyond\" is what a row takes beyond its encoded bytes. Tables of few rows take a page or two.");
    }

    /// <summary>The same in one JSON object, on one line.</summary>
    public static string ToJson(IReadOnlyList<(PackageTable Table, HotRowBytes Memory, long Stated)> tables) => JsonSerializer.Serialize(
        new
        {
            Rows = tables.Sum(t => t.Memory.Rows),
            RowBytes = tables.Sum(t => t.Memory.Payload),
            MemoryBytes = tables.Sum(t => t.Memory.Total),
            StatedBytes = tables.Sum(t => t.Stated),
            Tables = tables.Select(t => new
            {
                t.Table.Name,
                t.Table.Width,
                t.Memory.Rows,
                RowBytes = t.Memory.Payload,
                MemoryBytes = t.Memory.Total,
                StatedBytes = t.Stated,
                BytesPerRow = Math.Round(PerRow(t.Memory.Total, t.Memory), 2),
                OverheadBytesPerRow = Math.Round(PerRow(t.Memory.Total - t.Memory.Payload, t.Memory), 2),
                Precisions = t.Memory.Precisions.ToDictionary(p => RowPrecisionNames.Of(p.Precision), p => new { p.Rows, p.Bytes }),
            }),
        },
        Json);

    private static double PerRow(long bytes, HotRowBytes memory) => memory.Rows == 0 ? 0 : (double)bytes / memory.Rows;

    private static string Precisions(HotRowBytes memory) => string.Join(", ", memory.Precisions.Select(p => memory.Precisions.Count == 1
        ? RowPrecisionNames.Of(p.Precision)
        : string.Create(CultureInfo.InvariantCulture, $"{p.Rows:N0} {RowPrecisionNames.Of(p.Precision)}")));
}
