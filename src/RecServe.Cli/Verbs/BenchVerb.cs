using System.CommandLine;
using RecServe.Cli.Bench;
using RecServe.Cli.Terminal;
using RecServe.Embeddings;
using RecServe.Kernels;

namespace RecServe.Cli.Verbs;

/// <summary><c>recserve bench</c>: measures parts of the product beside what they have to beat, in one run.</summary>
internal static class BenchVerb
{
    internal static Command Create() =>
        new Verb("bench", "Measure parts of the product beside what they have to beat, in one run.",
            "recserve bench gather --rows 10000000 --dim 16 --precision int8 --skew 1.05")
        {
            CreateGather(),
            ScoreCommand.Create(),
            EvictionVerb.Create(),
            ReadersVerb.Create(),
            CachedVerb.Create(),
            RecoveryBench.Create(),
            StoreBench.Create(),
        };

    private static Verb CreateGather()
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
        var seed = NumberOption.Whole("--seed", "Seed of rows, keys and draws.", (int)defaults.Seed, 0, int.MaxValue - 1);
        var json = new Option<bool>("--json") { Description = "Write one JSON object." };
        var verb = new Verb("gather", "Gather rows from a resident table, beside a dense array, bare memory lines and a dictionary.",
            "recserve bench gather --rows 10000000 --dim 16 --precision int8 --skew 1.05 --batch 13000 --threads 1 --json",
            "recserve bench gather --rows 1000000 --dim 64 --precision int4 --skew 0 --inserted 5")
        {
            rows, dim, precision, skew, batch, threads, inserted, seed, json,
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
                Seed = (ulong)parsed.GetValue(seed),
            };
            using var benchmark = new GatherBenchmark(options, new LineProgress(console.Error));
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
