using RecServe.Artifacts;
using RecServe.Cli.Terminal;
using RecServe.LoadGen;

namespace RecServe.Cli.Bench.Compressed;

/// <summary>Serves a package and the one that compression made of it, in turn, and measures both.</summary>
internal static class ServingComparison
{
    public static async Task<ServingFigures> RunAsync(ModelPackage before, ModelPackage after, CompressionBenchOptions options, IProgress<ProgressStep> progress, CancellationToken cancellation)
    {
        IReadOnlyList<(string User, string[] Items)> requests = RankRequestBodies.Draw(before, options.Requests, options.Candidates, options.UserFormat, options.Users, options.Seed);
        (PairedFigures gather, PairedFigures score, PairedFigures rate, PairedFigures cpu) = (new(), new(), new(), new());
        long memoryBefore, memoryAfter;
        using (var first = new PackageSide(before, requests))
        using (var second = new PackageSide(after, requests))
        {
            (memoryBefore, memoryAfter) = (first.TableBytes, second.TableBytes);
            for (int turn = -2; turn < options.Turns; turn++)
            {
                cancellation.ThrowIfCancellationRequested();
                ((double Gather, double Score) a, (double Gather, double Score) b) = InTurn(turn, first.Run, second.Run);
                if (turn < 0)
                    continue; // what is compiled at the first runs is not measured
                gather.Add(a.Gather, b.Gather);
                score.Add(a.Score, b.Score);
                progress.Report(new ProgressStep("gathering and scoring", (turn + 1.0) / options.Turns, ""));
            }
        }

        if (options.LoadMs > 0)
            await LoadAsync(before, after, [.. requests.Select(RankRequestBodies.Json)], options, rate, cpu, progress, cancellation).ConfigureAwait(false);
        return new ServingFigures(gather, score, rate, cpu, memoryBefore, memoryAfter, options.MemoryMb);
    }

    private static async Task LoadAsync(ModelPackage before, ModelPackage after, byte[][] bodies, CompressionBenchOptions options, PairedFigures rate, PairedFigures cpu,
        IProgress<ProgressStep> progress, CancellationToken cancellation)
    {
        string folder = Directory.CreateTempSubdirectory("recserve-compression-").FullName;
        try
        {
            PackageWriter.Write(before, Path.Combine(folder, "before", "model", "1"));
            PackageWriter.Write(after, Path.Combine(folder, "after", "model", "1"));
            // The store's log has as little memory as it takes, or the rows that do not fit would be in memory all the same.
            string[] Store(string side) => options.MemoryMb == 0 ? []
                : ["--hot-memory-mb", $"{options.MemoryMb}", "--store", Path.Combine(folder, side + "-store"), "--store-memory-mb", "2", "--store-direct-io"];
            ServedPackage first = await ServedPackage.StartAsync(Path.Combine(folder, "before"), Store("before"), cancellation).ConfigureAwait(false);
            await using var firstEnd = first.ConfigureAwait(false);
            ServedPackage second = await ServedPackage.StartAsync(Path.Combine(folder, "after"), Store("after"), cancellation).ConfigureAwait(false);
            await using var secondEnd = second.ConfigureAwait(false);
            LoadLoop firstLoad = first.Load(bodies), secondLoad = second.Load(bodies);
            for (int turn = -4; turn < options.Turns; turn++)
            {
                bool swapped = turn % 2 != 0;
                double seconds = options.LoadMs / (turn < 0 ? 500.0 : 1000.0); // the servers' tiers of compilation settle first
                (double PerSecond, double CpuMs) one = await (swapped ? second : first).MeasureAsync(swapped ? secondLoad : firstLoad, options.Connections, seconds, cancellation).ConfigureAwait(false);
                (double PerSecond, double CpuMs) two = await (swapped ? first : second).MeasureAsync(swapped ? firstLoad : secondLoad, options.Connections, seconds, cancellation).ConfigureAwait(false);
                if (turn < 0)
                    continue;
                ((double PerSecond, double CpuMs) a, (double PerSecond, double CpuMs) b) = swapped ? (two, one) : (one, two);
                rate.Add(a.PerSecond, b.PerSecond);
                cpu.Add(a.CpuMs, b.CpuMs);
                progress.Report(new ProgressStep("asking over HTTP", (turn + 1.0) / options.Turns, FormattableString.Invariant($"{a.PerSecond:F0} and {b.PerSecond:F0} a second")));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Both, the other one first in every second turn: what the machine does meanwhile hits both alike.</summary>
    private static (T Before, T After) InTurn<T>(int turn, Func<T> before, Func<T> after)
    {
        if (turn % 2 == 0)
        {
            T first = before();
            return (first, after());
        }

        T second = after();
        return (before(), second);
    }
}
