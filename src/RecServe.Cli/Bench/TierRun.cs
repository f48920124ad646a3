using System.Text.Json;
using RecServe.Cli.Terminal;
using RecServe.Embeddings;
using RecServe.Kernels;

namespace RecServe.Cli.Bench;

/// <summary><c>bench gather --tier faster|redis|tiered</c>: what lies below process memory.</summary>
internal static class TierRun
{
    private static readonly JsonSerializerOptions Layout = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>Measures a tier and writes its figures; gives the exit code.</summary>
    public static int Write(string tier, GatherBenchmarkOptions options, int gathers, double memoryShare, bool json, TextWriter output, IProgress<string> progress, CancellationToken cancellation)
    {
        if (tier == "redis")
        {
            using LowerTierBenchmark? redis = LowerTierBenchmark.OfRedis(options, progress);
            if (redis is null)
            {
                progress.Report("--tier redis starts a redis-server of its own, and none is on PATH (Debian: redis-server)");
                return ExitCode.Failed;
            }

            Write(tier, "mget", options, redis.Run(cancellation), json, output);
            return ExitCode.Ok;
        }

        string directory = Directory.CreateTempSubdirectory("recserve-bench-").FullName;
        try
        {
            if (tier == "faster")
            {
                using LowerTierBenchmark store = LowerTierBenchmark.OfStore(options, directory, progress);
                Write(tier, "faster one by one", options, store.Run(cancellation), json, output);
                return ExitCode.Ok;
            }

            var tiered = new TieredBenchmarkOptions
            {
                Rows = options.Rows,
                Dim = options.Dim,
                Precision = options.Precision,
                Skew = options.Skew,
                Batch = options.Batch,
                Gathers = gathers,
                MemoryShare = memoryShare,
                Directory = directory,
                Seed = (int)options.Seed,
            };
            TieredReport.Write(tiered, new TieredBenchmark(tiered, progress).Run(cancellation), json, output);
            return ExitCode.Ok;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void Write(string tier, string peer, GatherBenchmarkOptions options, LowerTierFigures figures, bool json, TextWriter output)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(
                new
                {
                    Tier = tier,
                    options.Rows,
                    options.Dim,
                    Precision = RowPrecisionNames.Of(options.Precision),
                    options.Skew,
                    options.Batch,
                    NsPerRow = Math.Round(figures.NsPerRow, 1),
                    Peer = peer,
                    PeerNsPerRow = Math.Round(figures.PeerNsPerRow, 1),
                    Ratio = Math.Round(figures.Ratio, 3),
                    DistinctKeys = figures.Asked,
                    figures.Missing,
                },
                Layout));
            return;
        }

        output.WriteLine($"{options.Rows:N0} rows of {options.Dim} numbers in {RowPrecisionNames.Of(options.Precision)}, skew {options.Skew}, batches of {options.Batch:N0} keys, each distinct key once");
        output.WriteLine($"{tier,-20}{figures.NsPerRow,9:0.0} ns a row");
        output.WriteLine($"{peer,-20}{figures.PeerNsPerRow,9:0.0} ns a row   the tier takes {figures.Ratio:0.00} times as long");
        output.WriteLine($"not found           {figures.Missing:N0} of {figures.Asked:N0}");
    }
}
