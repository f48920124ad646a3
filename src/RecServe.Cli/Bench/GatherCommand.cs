using System.CommandLine;
using RecServe.Cli.Terminal;
using RecServe.Embeddings;
using RecServe.Kernels;

namespace RecServe.Cli.Bench;

/// <summary><c>recserve bench gather</c>: rows by key.</summary>
internal static class GatherCommand
{
    internal static Verb Create()
    {
        var defaults = new GatherBenchmarkOptions();
        var rows = NumberOption.Whole("--rows", "Rows of the table.", defaults.Rows, 1000, 200_000_000);
        var dim = NumberOption.Whole("--dim", "Numbers of a row.", defaults.Dim, 1, 1024);
        var batch = NumberOption.Whole("--batch", "Keys of one gather.", defaults.Batch, 1, 1_000_000);
        var threads = NumberOption.Whole("--threads", "Threads that gather at the same time.", defaults.Threads, 1, 64);
        var precision = new Option<string>("--precision") { Description = "How rows are stored.", DefaultValueFactory = _ => "int8" };
        precision.AcceptOnlyFromAmong([.. RowPrecisionNames.All]);
        var skew = NumberOption.Real("--skew", "Exponent of the Zipf law that keys follow; 0 is uniform.", defaults.Skew, 3);
        var inserted = NumberOption.Real("--inserted", "Percent of the rows that are inserted one by one after the table was built.", defaults.Inserted, 50);
        var places = NumberOption.Whole("--placements", "Times that table and dense array are built, in memory of their own; what a region of memory costs differs.", defaults.Placements, 1, 16);
        var seed = NumberOption.Whole("--seed", "Seed of rows, keys and draws.", (int)defaults.Seed, 0, int.MaxValue - 1);
        var tier = new Option<string>("--tier") { Description = "What is measured: hot (every row in process memory, beside its peers), faster (the node's store, in memory), redis, or tiered (a cache over a store on disk).", DefaultValueFactory = _ => "hot" };
        tier.AcceptOnlyFromAmong("hot", "faster", "redis", "tiered");
        var gathers = NumberOption.Whole("--gathers", "Gathers that are timed with --tier tiered.", 1_000, 10, 1_000_000);
        var share = NumberOption.Real("--memory-share", "Hot rows' and log's memory over the log's bytes with --tier tiered.", 0.24, 1);
        var alone = new Option<bool>("--no-peers") { Description = "Leave FASTER and Redis out." };
        var json = new Option<bool>("--json") { Description = "Write one JSON object." };
        var verb = new Verb("gather", "Gather rows by key: from process memory beside a dense array, bare memory lines, a dictionary, FASTER and Redis; or through the tiers.",
            "recserve bench gather --rows 10000000 --dim 16 --precision int8 --skew 1.05 --batch 13000 --threads 1 --json",
            "recserve bench gather --rows 1000000 --dim 64 --precision int4 --skew 0 --inserted 5 --no-peers",
            "recserve bench gather --tier tiered --rows 10000000 --memory-share 0.24 --json")
        {
            rows, dim, precision, skew, batch, threads, inserted, places, tier, gathers, share, alone, seed, json,
        };
        verb.SetAction((parsed, cancellation) =>
        {
            InvocationConfiguration console = parsed.InvocationConfiguration;
            var options = new GatherBenchmarkOptions
            {
                Rows = parsed.GetValue(rows),
                Dim = parsed.GetValue(dim),
                Precision = RowPrecisionNames.Parse(parsed.GetValue(precision)!),
                Skew = parsed.GetValue(skew),
                Batch = parsed.GetValue(batch),
                Threads = parsed.GetValue(threads),
                Inserted = parsed.GetValue(inserted),
                Placements = parsed.GetValue(places),
                Peers = !parsed.GetValue(alone),
                Seed = (ulong)parsed.GetValue(seed),
            };
            var progress = new LineProgress(console.Error);
            if (parsed.GetValue(tier) is { } below and not "hot")
            {
                int timed = parsed.GetValue(gathers);
                double memory = Math.Max(0.01, parsed.GetValue(share));
                return Task.FromResult(TierRun.Write(below, options, timed, memory, parsed.GetValue(json), console.Output, progress, cancellation));
            }

            using var benchmark = new GatherBenchmark(options, progress);
            GatherBenchmarkResult result = benchmark.Run(cancellation);
            if (parsed.GetValue(json))
                console.Output.WriteLine(GatherReport.ToJson(options, result));
            else
                GatherReport.WriteText(options, result, console.Output);
            return Task.FromResult(ExitCode.Ok);
        });
        return verb;
    }
}
