using System.CommandLine;
using System.Text.Json;
using RecServe.Cli.Terminal;
using RecServe.Embeddings;

namespace RecServe.Cli.Bench;

/// <summary><c>recserve bench eviction</c>: hit rates of the cached table beside other policies and the optimum.</summary>
internal static class EvictionVerb
{
    private static readonly JsonSerializerOptions Layout = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public static Verb Create()
    {
        var keys = NumberOption.Whole("--keys", "Keys of a drawn trace.", 10_000_000, 100, 100_000_000);
        var draws = NumberOption.Whole("--draws", "Accesses of a drawn trace.", 50_000_000, 1, 500_000_000);
        var skew = NumberOption.Real("--skew", "Exponent of the Zipf law that a drawn trace follows; 0 is uniform.", 1.05, 3);
        var trace = new Option<FileInfo?>("--trace") { Description = "Your own accesses instead: a text file with an id a line, in the order they came." };
        var column = NumberOption.Whole("--column", "Column of the trace that holds the id, parted by tabs or commas; 0 for the whole line.", 0, 0, 1000);
        var skip = NumberOption.Whole("--skip", "Lines of the trace before the first id.", 0, 0, 1000);
        var shuffle = new Option<bool>("--shuffle") { Description = "Shuffle the trace: only how popular each key is remains." };
        var percents = new Option<double[]>("--percent")
        {
            Description = "Sizes of the cache, in percent of the keys.",
            DefaultValueFactory = _ => [1, 5, 20],
            AllowMultipleArgumentsPerToken = true,
        };
        percents.Validators.Add(result =>
        {
            foreach (double percent in result.GetValueOrDefault<double[]>() ?? [])
            {
                if (!(percent > 0 && percent <= 100))
                    result.AddError($"--percent is {percent}; it must be more than 0 and at most 100.");
            }
        });
        var seed = NumberOption.Whole("--seed", "Seed of draws, of shuffling and of the table's hash.", 1, 0, int.MaxValue - 1);
        var json = new Option<bool>("--json") { Description = "Write one JSON object." };
        var verb = new Verb("eviction", "Compare which rows a cached table keeps with LRU, CLOCK, SIEVE, S3-FIFO, W-TinyLFU and the optimum that knows the future.",
            "recserve bench eviction --keys 10000000 --draws 50000000 --skew 1.05 --json",
            "recserve bench eviction --trace accesses.tsv --column 2 --skip 1 --percent 1 5 20")
        {
            keys, draws, skew, trace, column, skip, shuffle, percents, seed, json,
        };
        verb.SetAction((parsed, cancellation) =>
        {
            InvocationConfiguration console = parsed.InvocationConfiguration;
            AccessTrace accesses = parsed.GetValue(trace) is { } file
                ? Read(file, parsed.GetValue(column), parsed.GetValue(skip))
                : AccessTrace.Zipf(parsed.GetValue(keys), parsed.GetValue(draws), parsed.GetValue(skew), parsed.GetValue(seed));
            if (parsed.GetValue(shuffle))
                accesses = accesses.Shuffled(parsed.GetValue(seed));
            IReadOnlyList<EvictionFigures> figures = EvictionBenchmark.Run(
                accesses, parsed.GetValue(percents)!, (ulong)parsed.GetValue(seed), new LineProgress(console.Error), cancellation);
            if (parsed.GetValue(json))
                console.Output.WriteLine(ToJson(accesses, figures));
            else
                WriteText(figures, console.Output);
            return Task.FromResult(ExitCode.Ok);
        });
        return verb;
    }

    private static AccessTrace Read(FileInfo file, int column, int skip)
    {
        using StreamReader lines = file.OpenText();
        return AccessTrace.Read(lines, column, skip);
    }

    private static string ToJson(AccessTrace trace, IReadOnlyList<EvictionFigures> figures) => JsonSerializer.Serialize(
        new
        {
            trace.Keys,
            Accesses = trace.Accesses.Length,
            HitRates = figures.Select(f => new
            {
                f.Percent,
                f.Capacity,
                Cached = Math.Round(f.Cached, 5),
                Lru = Math.Round(f.Lru, 5),
                Clock = Math.Round(f.Clock, 5),
                Sieve = Math.Round(f.Sieve, 5),
                S3Fifo = Math.Round(f.S3Fifo, 5),
                WTinyLfu = Math.Round(f.TinyLfu, 5),
                Optimum = Math.Round(f.Optimum, 5),
                GapToOptimum = Math.Round(f.Optimum - f.Cached, 5),
            }),
        },
        Layout);

    private static void WriteText(IReadOnlyList<EvictionFigures> figures, TextWriter output)
    {
        output.WriteLine("percent  cached     LRU   CLOCK   SIEVE  S3-FIFO  W-TinyLFU  optimum");
        foreach (EvictionFigures f in figures)
            output.WriteLine($"{f.Percent,7}  {f.Cached,6:0.0000}  {f.Lru,6:0.0000}  {f.Clock,6:0.0000}  {f.Sieve,6:0.0000}   {f.S3Fifo,6:0.0000}     {f.TinyLfu,6:0.0000}   {f.Optimum,6:0.0000}");
    }
}
