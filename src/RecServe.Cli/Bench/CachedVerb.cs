using System.CommandLine;
using System.Text.Json;
using RecServe.Cli.Terminal;
using RecServe.Embeddings;
using RecServe.Kernels;

namespace RecServe.Cli.Bench;

/// <summary><c>recserve bench cached</c>: gathers from a cached table beside a dense array.</summary>
internal static class CachedVerb
{
    private static readonly JsonSerializerOptions Layout = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public static Verb Create()
    {
        var defaults = new CachedBenchmarkOptions();
        var rows = NumberOption.Whole("--rows", "Rows of the table below.", defaults.Rows, 1000, 100_000_000);
        var dim = NumberOption.Whole("--dim", "Numbers of a row.", defaults.Dim, 1, 1024);
        var percent = NumberOption.Real("--percent", "Percent of the rows that are held, the most popular ones; the keys drawn are among them.", defaults.Percent, 100);
        var precision = new Option<string>("--precision") { Description = $"How rows are stored; several, parted by commas, take turns: {string.Join(", ", RowPrecisionNames.All)}.", DefaultValueFactory = _ => "int8" };
        precision.Validators.Add(result =>
        {
            foreach (string name in (result.GetValueOrDefault<string>() ?? "").Split(','))
            {
                if (!RowPrecisionNames.All.Contains(name))
                    result.AddError($"--precision has '{name}'; there are {string.Join(", ", RowPrecisionNames.All)}.");
            }
        });
        var skew = NumberOption.Real("--skew", "Exponent of the Zipf law that keys follow; 0 is uniform.", defaults.Skew, 3);
        var batch = NumberOption.Whole("--batch", "Keys of one gather.", defaults.Batch, 1, 1_000_000);
        var threads = NumberOption.Whole("--threads", "Threads that gather at the same time.", defaults.Threads, 1, 64);
        var seed = NumberOption.Whole("--seed", "Seed of rows, keys and draws.", (int)defaults.Seed, 0, int.MaxValue - 1);
        var json = new Option<bool>("--json") { Description = "Write one JSON object." };
        var verb = new Verb("cached", "Gather rows from a cached table, beside a dense array of all rows.",
            "recserve bench cached --rows 10000000 --dim 16 --precision int8 --skew 1.05 --batch 13000 --json",
            "recserve bench cached --rows 1000000 --percent 20 --precision int8,int4,fp16")
        {
            rows, dim, percent, precision, skew, batch, threads, seed, json,
        };
        verb.SetAction((parsed, cancellation) =>
        {
            InvocationConfiguration console = parsed.InvocationConfiguration;
            var options = new CachedBenchmarkOptions
            {
                Rows = parsed.GetValue(rows),
                Dim = parsed.GetValue(dim),
                Percent = parsed.GetValue(percent),
                Precisions = [.. parsed.GetValue(precision)!.Split(',').Select(RowPrecisionNames.Parse)],
                Skew = parsed.GetValue(skew),
                Batch = parsed.GetValue(batch),
                Threads = parsed.GetValue(threads),
                Seed = (ulong)parsed.GetValue(seed),
            };
            using var benchmark = new CachedBenchmark(options, new LineProgress(console.Error));
            CachedBenchmarkResult result = benchmark.Run(cancellation);
            console.Output.WriteLine(parsed.GetValue(json) ? ToJson(options, result) : Text(result));
            return Task.FromResult(ExitCode.Ok);
        });
        return verb;
    }

    private static string ToJson(CachedBenchmarkOptions options, CachedBenchmarkResult result) => JsonSerializer.Serialize(
        new
        {
            options.Rows,
            options.Dim,
            Precision = string.Join(',', options.Precisions.Select(RowPrecisionNames.Of)),
            options.Percent,
            options.Skew,
            options.Batch,
            options.Threads,
            NsPerRow = Math.Round(result.NsPerRow, 3),
            DenseNsPerRow = Math.Round(result.DenseNsPerRow, 3),
            Ratio = Math.Round(result.Ratio, 3),
            ThreadScaling = Math.Round(result.Scaling, 3),
            HitShare = result.Hits,
            CachedRows = result.Memory.Rows,
            CachedBytes = result.Memory.Total,
            BytesPerRow = Math.Round((double)result.Memory.Total / result.Memory.Rows, 2),
            OverheadBytesPerRow = Math.Round((double)(result.Memory.Total - result.Memory.Payload) / result.Memory.Rows, 2),
            FillSeconds = Math.Round(result.FillSeconds, 2),
        },
        Layout);

    private static string Text(CachedBenchmarkResult result) =>
        $"""
        cached table   {result.NsPerRow,7:0.0} ns a row
        dense array    {result.DenseNsPerRow,7:0.0} ns a row   the table takes {result.Ratio:0.00} times as long
        memory         {(double)result.Memory.Total / result.Memory.Rows,7:0.0} bytes a row, {(double)(result.Memory.Total - result.Memory.Payload) / result.Memory.Rows:0.0} of them beyond the row itself
        """;
}
