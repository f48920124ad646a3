using System.CommandLine;
using System.Text.Json;
using RecServe.Cli.Terminal;
using RecServe.Embeddings;

namespace RecServe.Cli.Bench;

/// <summary><c>recserve bench readers</c>: readers beside a writer, measured and checked.</summary>
internal static class ReadersVerb
{
    private static readonly JsonSerializerOptions Layout = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public static Verb Create()
    {
        var defaults = new ReadersBenchmarkOptions();
        var seconds = NumberOption.Whole("--seconds", "Seconds in all: a third measures, the rest checks.", (int)defaults.Seconds, 1, 86_400);
        var form = new Option<string>("--form") { Description = "Which table.", DefaultValueFactory = _ => "resident" };
        form.AcceptOnlyFromAmong("resident", "cached");
        var rows = NumberOption.Whole("--rows", "Rows of the table.", defaults.Rows, 1000, 50_000_000);
        var updates = NumberOption.Whole("--updates", "Row updates a second; 0 for as many as the writer can.", defaults.UpdatesPerSecond, 0, 100_000_000);
        var batch = NumberOption.Whole("--batch", "Keys of one gather.", defaults.Batch, 1, 1_000_000);
        var skew = NumberOption.Real("--skew", "Exponent of the Zipf law that keys follow; 0 is uniform.", defaults.Skew, 3);
        var seed = NumberOption.Whole("--seed", "Seed of rows and draws.", defaults.Seed, 0, int.MaxValue - 1);
        var json = new Option<bool>("--json") { Description = "Write one JSON object." };
        var verb = new Verb("readers", "Gather beside a writer: how much slower it is, and whether any row is torn or older than acknowledged. Fails if one is.",
            "recserve bench readers --seconds 300 --form resident --json",
            "recserve bench readers --seconds 300 --form cached --updates 0")
        {
            seconds, form, rows, updates, batch, skew, seed, json,
        };
        verb.SetAction((parsed, cancellation) =>
        {
            InvocationConfiguration console = parsed.InvocationConfiguration;
            var options = new ReadersBenchmarkOptions
            {
                Seconds = parsed.GetValue(seconds),
                Cached = parsed.GetValue(form) == "cached",
                Rows = parsed.GetValue(rows),
                UpdatesPerSecond = parsed.GetValue(updates),
                Batch = parsed.GetValue(batch),
                Skew = parsed.GetValue(skew),
                Seed = parsed.GetValue(seed),
            };
            var progress = new LineProgress(console.Error);
            using var benchmark = new ReadersBenchmark(options, progress);
            ReadersBenchmarkResult result = benchmark.Run(progress, cancellation);
            console.Output.WriteLine(parsed.GetValue(json) ? ToJson(options, result) : Text(result));
            return Task.FromResult(result.Torn + result.Stale == 0 ? ExitCode.Ok : ExitCode.Failed);
        });
        return verb;
    }

    private static string ToJson(ReadersBenchmarkOptions options, ReadersBenchmarkResult result) => JsonSerializer.Serialize(
        new
        {
            options.Seconds,
            Form = options.Cached ? "cached" : "resident",
            options.Rows,
            options.Batch,
            options.Skew,
            RowsPerSecondAlone = Math.Round(result.RowsPerSecondAlone),
            RowsPerSecondBesideWriter = Math.Round(result.RowsPerSecondBesideWriter),
            Loss = Math.Round(result.Loss, 4),
            UpdatesPerSecond = Math.Round(result.UpdatesPerSecond),
            result.RowsChecked,
            result.Updates,
            result.Promotions,
            result.Torn,
            result.Stale,
        },
        Layout);

    private static string Text(ReadersBenchmarkResult result) =>
        $"""
        one reader alone         {result.RowsPerSecondAlone,14:N0} rows/s
        beside the writer        {result.RowsPerSecondBesideWriter,14:N0} rows/s, {result.Loss:0.0%} less; {result.UpdatesPerSecond:N0} updates/s
        rows checked             {result.RowsChecked,14:N0}, {result.Updates:N0} updates and {result.Promotions:N0} promotions meanwhile
        torn / stale             {result.Torn,14:N0} / {result.Stale:N0}
        """;
}
