using System.CommandLine;
using RecServe.Artifacts;
using RecServe.Cli.Bench;
using RecServe.Cli.Compress;
using RecServe.Cli.Prune;
using RecServe.Cli.Terminal;
using RecServe.Cli.Train;
using RecServe.Compression.Experts;
using RecServe.Compression.Measures;
using RecServe.Training.Data;
using RecServe.Training.Evaluation;
using RecServe.Training.Metrics;

namespace RecServe.Cli.Verbs;

/// <summary><c>recserve prune</c>: a model with sparse experts in, one with fewer networks out.</summary>
internal static class PruneVerb
{
    internal static Command Create()
    {
        var package = new Argument<string>("package") { Description = "The version directory of a package of kind moe, DIR/name/version; it is not changed." };
        var data = new PackageDataOptions();
        var networks = new Option<int>("--experts") { Description = "Networks that each layer keeps, fewer than it has.", Required = true };
        var method = new Option<string>("--method") { Description = "keep: those of the largest gate times norm of the output; merge: those that are routed to alike become one; best: the better of both on the validation samples.", DefaultValueFactory = _ => "best" };
        method.AcceptOnlyFromAmong("best", "keep", "merge");
        var candidates = NumberOption.Whole("--candidates", "Candidates of a timed request.", 500, 1, 100_000);
        var seconds = NumberOption.Whole("--seconds", "Seconds that the points of the curve score in turn.", 5, 0, 600);
        var threads = NumberOption.Whole("--threads", "Threads that evaluate.", Math.Min(64, Environment.ProcessorCount), 1, 64);
        var target = new Option<string>("--out") { Description = "The pruned package's version directory; must not exist or be empty. It gets report.json too.", Required = true };
        var json = new Option<bool>("--json") { Description = "End with one JSON object on one line." };
        var verb = new Verb("prune",
            "Take networks out of a model with sparse experts, and show AUC and time for every number of them. Give the data and the split that the package was trained with.",
            "recserve prune models/feed/1 --data feed.csv --split random:80/10/10 --experts 4 --out models/feed/2") { package };
        foreach (Option option in (IEnumerable<Option>)[.. data.All, networks, method, candidates, seconds, threads, target, json])
            verb.Add(option);
        verb.SetAction(async (parsed, cancellation) =>
        {
            string folder = parsed.GetValue(target)!;
            Usage.RequireFreePackage(folder);
            ModelPackage source = PackageReader.Read(parsed.GetValue(package)!);
            if (source.Architecture.Sparse is not { } shape)
                throw new UsageException($"the package is of kind {source.Architecture.Kind}; only moe has experts that can be taken out");
            int left = Usage.InRange("--experts", parsed.GetValue(networks), 1, Math.Max(1, shape.Networks - 1));
            DataSource where = data.Source(parsed, source);
            TextWriter output = parsed.InvocationConfiguration.Output, error = parsed.InvocationConfiguration.Error;
            (PruneReport report, ModelPackage pruned) = await ConsoleProgress.RunAsync(error, ConsoleProgress.IsTerminal, TimeProvider.System, progress =>
            {
                (Dataset train, Dataset valid, Dataset test) = PackageDataReader.Read(where, source, new Mapped<ReadProgress>(read => progress.Report(TrainReport.Step(read))), cancellation);
                List<PrunePoint> curve = PruneCurve.Measure(source, train, valid, parsed.GetValue(candidates), parsed.GetValue(seconds), parsed.GetValue(threads), progress, cancellation);
                PrunePoint chosen = curve.Where(point => point.Networks == left && point.Method is not null && parsed.GetValue(method) is { } name && (name == "best" || name == point.Name)).MaxBy(point => point.Auc)
                    ?? throw new UsageException("--experts must be fewer than the model has");
                return (Report(curve, chosen, test, parsed.GetValue(threads)), chosen.Package);
            }).ConfigureAwait(false);
            PackageWriter.Write(pruned with { Metrics = new Dictionary<string, double>() }, folder);
            ReportFile.Write(Path.Combine(folder, "report.json"), report.ToJson(folder) + "\n");
            report.WriteText(folder, parsed.GetValue(json) ? error : output);
            if (parsed.GetValue(json))
                output.WriteLine(report.ToJson(folder));
            return ExitCode.Ok;
        });
        return verb;
    }

    private static PruneReport Report(List<PrunePoint> curve, PrunePoint chosen, Dataset test, int threads)
    {
        float[] before = Evaluator.TaskLogits(curve[0].Package, test, threads), after = Evaluator.TaskLogits(chosen.Package, test, threads);
        IReadOnlyList<PackageTask> tasks = chosen.Package.Architecture.Tasks;
        PairedAuc Drop(int task)
        {
            float[] labels = test.LabelsOf(task);
            int[] known = [.. Enumerable.Range(0, test.Samples).Where(sample => !float.IsNaN(labels[sample]))];
            float[] Of(float[] logits) => [.. known.Select(sample => logits[(task * test.Samples) + sample])];
            return PairedAuc.Of(Of(before), Of(after), [.. known.Select(sample => labels[sample])]);
        }

        return new PruneReport(curve, chosen, TaskMetrics.Of(tasks, test, before), TaskMetrics.Of(tasks, test, after), [.. Enumerable.Range(0, tasks.Count).Select(Drop)]);
    }
}
