using System.Text.Json;
using RecServe.Embeddings;
using RecServe.Kernels;

namespace RecServe.Cli.Bench;

/// <summary>How <c>bench gather</c> tells its figures.</summary>
internal static class GatherReport
{
    private static readonly JsonSerializerOptions Layout = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>One JSON object; lower <c>ratio</c> is better.</summary>
    public static string ToJson(GatherBenchmarkOptions options, GatherBenchmarkResult result) => JsonSerializer.Serialize(
        new
        {
            options.Rows,
            options.Dim,
            Precision = RowPrecisionNames.Of(options.Precision),
            options.Skew,
            options.Batch,
            options.Threads,
            InsertedPercent = options.Inserted,
            result.Kernel,
            NsPerRow = Math.Round(result.NsPerRow, 3),
            DenseNsPerRow = Math.Round(result.DenseNsPerRow, 3),
            Ratio = Math.Round(result.Ratio, 3),
            PlacesNsPerRow = result.Places.Select(ns => Math.Round(ns, 2)),
            PlacesDenseNsPerRow = result.DensePlaces.Select(ns => Math.Round(ns, 2)),
            LineNsPerRow = Math.Round(result.LineNsPerRow, 3),
            DenseToLineRatio = Math.Round(result.DenseNsPerRow / result.LineNsPerRow, 3),
            DictionaryNsPerRow = Math.Round(result.DictionaryNsPerRow, 3),
            DictionaryRatio = Math.Round(result.DictionaryRatio, 2),
            FasterNsPerRow = Rounded(result.Peers?.FasterNsPerRow),
            FasterRatio = Rounded(result.Peers?.FasterRatio),
            RedisNsPerRow = Rounded(result.Peers?.RedisNsPerRow),
            RedisRatio = Rounded(result.Peers?.RedisRatio),
            RedisTogetherNsPerRow = Rounded(result.Peers?.RedisTogetherNsPerRow),
            RedisTogetherRatio = Rounded(result.Peers?.RedisTogetherRatio),
            result.DenseDistance,
            result.DenseRowBytes,
            ThreadScaling = Math.Round(result.Scaling, 3),
            HitShare = result.Hits,
            ResidentRows = result.Memory.Rows,
            result.Memory.DeltaRows,
            ResidentBytes = result.Memory.Total,
            BytesPerRow = Math.Round((double)result.Memory.Total / result.Memory.Rows, 2),
            OverheadBytesPerRow = Math.Round(result.Memory.OverheadPerRow, 2),
            BuildSeconds = Math.Round(result.BuildSeconds, 2),
        },
        Layout);

    /// <summary>The same for people.</summary>
    public static void WriteText(GatherBenchmarkOptions options, GatherBenchmarkResult result, TextWriter output)
    {
        output.WriteLine($"{options.Rows:N0} rows of {options.Dim} numbers in {RowPrecisionNames.Of(options.Precision)}, skew {options.Skew}, batches of {options.Batch:N0}, {options.Threads} thread(s), {result.Kernel}");
        output.WriteLine($"resident table      {result.NsPerRow,7:0.0} ns a row");
        output.WriteLine($"dense array         {result.DenseNsPerRow,7:0.0} ns a row   the table takes {result.Ratio:0.00} times as long");
        if (result.Places.Count > 1)
            output.WriteLine($"                    the table takes {result.Places.Min():0.0} to {result.Places.Max():0.0} ns in {result.Places.Count} places of memory, the array {result.DensePlaces.Min():0.0} to {result.DensePlaces.Max():0.0}");
        output.WriteLine($"bare memory lines   {result.LineNsPerRow,7:0.0} ns a row");
        output.WriteLine($"dictionary + row    {result.DictionaryNsPerRow,7:0.0} ns a row   {result.DictionaryRatio:0.0} times as long as the table");
        if (result.Peers is { } peers)
        {
            output.WriteLine($"FASTER, one by one  {peers.FasterNsPerRow,7:0.0} ns a row   {peers.FasterRatio:0.0} times as long as the table");
            output.WriteLine(peers.RedisNsPerRow is { } redis
                ? $"Redis MGET over TCP {redis,7:0.0} ns a row   {peers.RedisRatio:0.0} times as long as the table ({peers.RedisTogetherNsPerRow:0.0} ns, {peers.RedisTogetherRatio:0.0} times, with all MGETs of a batch under way together)"
                : "Redis               not measured: redis-server is not on PATH");
        }

        output.WriteLine($"memory              {(double)result.Memory.Total / result.Memory.Rows,7:0.0} bytes a row, {result.Memory.OverheadPerRow:0.0} of them beyond the row itself");
        if (options.Threads > 1)
            output.WriteLine($"{options.Threads} threads gather {result.Scaling:0.00} times the rows of one");
    }

    private static double? Rounded(double? value) => value is { } number ? Math.Round(number, 2) : null;
}
