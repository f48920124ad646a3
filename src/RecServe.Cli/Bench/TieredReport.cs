using System.Text.Json;
using RecServe.Embeddings;
using RecServe.Kernels;

namespace RecServe.Cli.Bench;

/// <summary>How <c>bench gather --tier tiered</c> tells its figures.</summary>
internal static class TieredReport
{
    private static readonly JsonSerializerOptions Layout = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public static void Write(TieredBenchmarkOptions options, TieredBenchmarkResult result, bool json, TextWriter output)
    {
        if (json)
            output.WriteLine(ToJson(options, result));
        else
            WriteText(options, result, output);
    }

    private static string ToJson(TieredBenchmarkOptions options, TieredBenchmarkResult result) => JsonSerializer.Serialize(
        new
        {
            options.Rows,
            options.Dim,
            Precision = RowPrecisionNames.Of(options.Precision),
            options.Skew,
            options.Batch,
            options.Gathers,
            DirectIo = options.DirectIO,
            P50Ms = Math.Round(result.P50Ms, 2),
            P99Ms = Math.Round(result.P99Ms, 2),
            DistinctKeys = result.Rows.Requested,
            HotShare = Share(result.Rows.Hot, result),
            FasterMemoryShare = Share(result.Rows.FasterMemory, result),
            FasterDiskShare = Share(result.Rows.FasterDisk, result),
            DefaultRows = result.Rows.Default,
            RowsCompared = result.Compared,
            RowsWrong = result.Wrong,
            result.HotBytes,
            result.HotRows,
            result.LogMemoryBytes,
            result.Store.LogBytes,
            MemoryShare = Math.Round(result.MemoryShare, 3),
            result.Store.IndexBytes,
            result.ResidentSetBytes,
            result.ResidentSetLimit,
            result.ResidentSetBefore,
            result.Store.DiskReads,
            result.Store.ReadErrors,
        },
        Layout);

    private static void WriteText(TieredBenchmarkOptions options, TieredBenchmarkResult result, TextWriter output)
    {
        output.WriteLine($"{options.Rows:N0} rows of {options.Dim} numbers in {RowPrecisionNames.Of(options.Precision)}, skew {options.Skew}, {options.Gathers:N0} gathers of {options.Batch:N0} keys, {(options.DirectIO ? "past the page cache" : "through the page cache")}");
        output.WriteLine($"time of a gather    p50 {result.P50Ms:0.0} ms, p99 {result.P99Ms:0.0} ms");
        output.WriteLine($"distinct keys       {result.Rows.Requested:N0}: {Share(result.Rows.Hot, result):P1} hot, {Share(result.Rows.FasterMemory, result):P1} in the log's memory, {Share(result.Rows.FasterDisk, result):P1} on disk, {result.Rows.Default:N0} by the default row");
        output.WriteLine($"compared            {result.Compared:N0} rows, {result.Wrong:N0} wrong");
        output.WriteLine($"memory              hot rows {result.HotBytes / 1e6:N0} MB, log {result.LogMemoryBytes / 1e6:N0} MB: {result.MemoryShare:P0} of the log's {result.Store.LogBytes / 1e6:N0} MB; index {result.Store.IndexBytes / 1e6:N0} MB");
        output.WriteLine($"resident set        {result.ResidentSetBytes / 1e6:N0} MB, allowed {result.ResidentSetLimit / 1e6:N0} MB");
    }

    private static double Share(int rows, TieredBenchmarkResult result) => Math.Round((double)rows / result.Rows.Requested, 4);
}
