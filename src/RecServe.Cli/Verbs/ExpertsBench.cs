using System.CommandLine;
using RecServe.Artifacts;
using RecServe.Cli.Bench;
using RecServe.Cli.Bench.Experts;
using RecServe.Cli.Compress;
using RecServe.Cli.Terminal;
using RecServe.Cli.Train;
using RecServe.Training;
using RecServe.Training.Data;

namespace RecServe.Cli.Verbs;

/// <summary><c>recserve bench experts</c>: dense and sparse experts trained on the same data, their quality and their cost.</summary>
internal static class ExpertsBench
{
    internal static Command Create()
    {
        var options = new TrainOptions(namesModel: false);
        var dense = new Option<string[]>("--dense") { Description = "key=value of the dense model alone, as --set; may be repeated." };
        var sparse = new Option<string[]>("--sparse") { Description = "key=value of the sparse model alone, as --set; may be repeated." };
        var sparseModel = new Option<string>("--sparse-model") { Description = "Which has experts that rows choose: moe, or mmoe with --sparse top_k=K, each of whose tasks takes the best K.", DefaultValueFactory = _ => "moe" };
        sparseModel.AcceptOnlyFromAmong("moe", "mmoe");
        var runs = NumberOption.Whole("--runs", "Trainings of both, each with a split and weights of its own: seeds --seed, --seed + 1, ….", 5, 1, 100);
        var candidates = NumberOption.Whole("--candidates", "Candidates of a request.", 500, 1, 100_000);
        var seconds = NumberOption.Whole("--seconds", "Seconds that both score in turn for each seed.", 5, 0, 600);
        var validation = new Option<bool>("--validation") { Description = "Show figures of the validation samples instead of the test samples: for choosing settings, on other seeds than those that are reported." };
        var target = new Option<string?>("--out") { Description = "Folder that takes dense/SEED, sparse/SEED and report.json; packages must not be there yet." };
        var json = new Option<bool>("--json") { Description = "End with one JSON object on one line." };
        var verb = new Verb("experts",
            "Train mmoe, whose experts all run for every row, and moe (or mmoe with top_k), of whose experts each row takes a few, over several seeds: AUC of each task with the paired difference, expert rows a candidate, time to score, load of the experts. The schema must have tasks.",
            "recserve bench experts --format tsv --data artifacts/anime/watched.tsv --schema artifacts/anime/schema-tasks.json --split random:80/10/10 --out artifacts/anime-experts");
        foreach (Option option in (IEnumerable<Option>)[.. options.All, dense, sparse, sparseModel, runs, candidates, seconds, validation, target, json])
            verb.Add(option);
        verb.SetAction(async (parsed, cancellation) =>
        {
            DataSource source = options.Source(parsed);
            TrainingOptions first = options.Training(parsed, source.Format, ModelKind.Mmoe, parsed.GetValue(dense) ?? []);
            TrainingOptions second = options.Training(parsed, source.Format, ModelNames.Parse(parsed.GetRequiredValue(sparseModel)), parsed.GetValue(sparse) ?? []);
            if (first.TopK > 0 || second is { Model: ModelKind.Mmoe, TopK: 0 })
                throw new UsageException("--sparse-model mmoe needs --sparse top_k=K, the experts that each task takes; the dense model takes all, so top_k must not stand in --set or --dense");
            ulong[] seeds = [.. Enumerable.Range(0, parsed.GetValue(runs)).Select(run => first.Seed + (ulong)run)];
            string? folder = parsed.GetValue(target);
            foreach (string package in folder is null ? [] : seeds.SelectMany(seed => new[] { PathOf(folder, "dense", seed), PathOf(folder, "sparse", seed) }))
                Usage.RequireFreePackage(package);
            var times = new PairedFigures();
            TextWriter output = parsed.InvocationConfiguration.Output, error = parsed.InvocationConfiguration.Error;
            List<ExpertsRun> results = await ConsoleProgress.RunAsync(error, ConsoleProgress.IsTerminal, TimeProvider.System, progress => seeds.Select(seed =>
            {
                TrainingData data = TrainingDataReader.Read(source with { Seed = seed }, new Mapped<ReadProgress>(step => progress.Report(TrainReport.Step(step))), cancellation);

                TrainedModel Train(string side, TrainingOptions training) => Trained(data, training with { Seed = seed }, $"seed {seed}, {side}: ", progress, cancellation);
                (TrainedModel a, TrainedModel b) = (Train("dense", first), Train("sparse", second));
                progress.Report(new ProgressStep($"seed {seed}, scoring in turn", 0, ""));
                double[] loads = new ScoringDuel(a.Package, b.Package, data.Test, parsed.GetValue(candidates), seed).Run(parsed.GetValue(seconds), times, cancellation);
                if (folder is not null)
                {
                    PackageWriter.Write(a.Package, PathOf(folder, "dense", seed));
                    PackageWriter.Write(b.Package, PathOf(folder, "sparse", seed));
                }

                return new ExpertsRun(seed, a, b, loads);
            }).ToList()).ConfigureAwait(false);
            var report = new ExpertsReport(results, times, parsed.GetValue(candidates), parsed.GetValue(validation));
            if (folder is not null)
                ReportFile.Write(Path.Combine(folder, "report.json"), report.ToJson() + "\n");
            report.WriteText(parsed.GetValue(json) ? error : output);
            if (parsed.GetValue(json))
                output.WriteLine(report.ToJson());
            return ExitCode.Ok;
        });
        return verb;
    }

    private static TrainedModel Trained(TrainingData data, TrainingOptions training, string side, IProgress<ProgressStep> progress, CancellationToken cancellation)
    {
        if (data.Schema.Tasks.Count < 2)
            throw new UsageException("the schema must have two tasks or more: 'tasks' instead of 'label'");
        TrainedModel model = Trainer.Train(data, training, new Mapped<TrainingProgress>(step => Report(TrainReport.Step(step, training.Model))), cancellation);
        cancellation.ThrowIfCancellationRequested();
        Report(TrainReport.Step(model, training.Model));
        return model;

        // Two of one kind would be one stage to the progress, and the second silent.
        void Report(ProgressStep step) => progress.Report(step with { Stage = side + step.Stage });
    }

    private static string PathOf(string folder, string side, ulong seed) => Path.Combine(folder, side, $"{seed}");
}
