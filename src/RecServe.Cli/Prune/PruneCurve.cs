using System.Diagnostics;
using RecServe.Artifacts;
using RecServe.Cli.Bench;
using RecServe.Cli.Bench.Experts;
using RecServe.Cli.Terminal;
using RecServe.Compression.Experts;
using RecServe.Training.Data;
using RecServe.Training.Evaluation;

namespace RecServe.Cli.Prune;

/// <summary>Every number of networks by both methods: AUC on the validation samples, time to score requests made of them, all points in turn.</summary>
internal static class PruneCurve
{
    /// <summary>Measures the curve, the source first.</summary>
    /// <param name="source">The source.</param>
    /// <param name="train">Samples that the use of experts is taken from.</param>
    /// <param name="valid">Samples that quality is measured on.</param>
    /// <param name="candidates">Candidates of a request.</param>
    /// <param name="seconds">Seconds to time requests.</param>
    /// <param name="threads">Threads that evaluate.</param>
    /// <param name="progress">Told where it stands.</param>
    /// <param name="cancellation">Ends it with an exception.</param>
    public static List<PrunePoint> Measure(ModelPackage source, Dataset train, Dataset valid, int candidates, double seconds, int threads, IProgress<ProgressStep> progress, CancellationToken cancellation)
    {
        int most = source.Architecture.Sparse!.Networks;
        progress.Report(new ProgressStep("measuring the use of experts", 0, ""));
        IReadOnlyList<LayerUse> use = ExpertUse.Measure(source, train, cancellation);
        List<(int Networks, ExpertMethod? Method)> points = [(most, null), .. Enumerable.Range(1, most - 1).Reverse().SelectMany(n => new (int, ExpertMethod?)[] { (n, ExpertMethod.Keep), (n, ExpertMethod.Merge) })];
        var curve = new List<PrunePoint>();
        foreach ((int networks, ExpertMethod? method) in points)
        {
            cancellation.ThrowIfCancellationRequested();
            progress.Report(new ProgressStep("measuring the curve", (double)curve.Count / points.Count, $"{networks} networks"));
            ModelPackage package = method is { } how ? ExpertPruning.Prune(source, use, networks, how) : source;
            curve.Add(new PrunePoint(networks, method, package, Evaluator.EvaluateTasks(package, valid, threads), new ScoredRequests(package, valid, candidates), new ScoreSide($"{networks}")));
        }

        progress.Report(new ProgressStep("scoring in turn", 0, ""));
        Time(curve, valid, candidates, seconds, cancellation);
        return curve;
    }

    private static void Time(List<PrunePoint> curve, Dataset samples, int candidates, double seconds, CancellationToken cancellation)
    {
        var random = new Random(1);
        int[] items = new int[candidates];
        long begin = Stopwatch.GetTimestamp();
        for (int round = 0; round < 3 || Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            int user = random.Next(samples.Samples);
            for (int i = 0; i < items.Length; i++)
                items[i] = random.Next(samples.Samples);
            foreach (PrunePoint point in curve)
            {
                point.Requests.Gather(user, items);
                double time = point.Requests.Score();
                if (round >= 2)
                    point.Times.Add(time);
            }
        }
    }
}
