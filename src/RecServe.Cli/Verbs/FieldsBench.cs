using System.CommandLine;
using RecServe.Cli.Bench;
using RecServe.Cli.Compress;
using RecServe.Cli.Terminal;
using RecServe.Cli.Train;
using RecServe.Compression;
using RecServe.Compression.Reports;
using RecServe.Compression.Selection;
using RecServe.Training;
using RecServe.Training.Data;

namespace RecServe.Cli.Verbs;

/// <summary><c>recserve bench fields</c>: ways of choosing fields, compared on data of one's own.</summary>
internal static class FieldsBench
{
    internal static Command Create()
    {
        var options = new TrainOptions();
        var runs = NumberOption.Whole("--runs", "Trainings, each with a split and weights of its own: seeds --seed, --seed + 1, ….", 3, 1, 100);
        var repeats = NumberOption.Whole("--repeats", "Shuffles of each field for exact permutation importance.", 10, 2, 1000);
        var gates = NumberOption.Whole("--gate-epochs", "Passes over the training samples for each of four penalties of LPFS++.", 6, 1, 100);
        var alone = new Option<bool>("--importance-only") { Description = "Compare F-Permutation with exact permutation and measure no curve." };
        var target = new Option<string?>("--out") { Description = "Folder that report.html and report.json are written into." };
        var json = new Option<bool>("--json") { Description = "End with one JSON object on one line." };
        var verb = new Verb("fields",
            "Train, order the fields by F-Permutation, exact permutation, LPFS++, group lasso (mlp alone) and chance, and measure the AUC of the first k of each order.",
            "recserve bench fields --data artifacts/census/census.csv --schema artifacts/census/schema.json --split random:80/10/10 --model mlp --set hidden=64,32 --out artifacts/census-fields");
        foreach (Option option in (IEnumerable<Option>)[.. options.All, runs, repeats, gates, alone, target, json])
            verb.Add(option);
        verb.SetAction(async (parsed, cancellation) =>
        {
            DataSource source = options.Source(parsed);
            TrainingOptions training = options.Training(parsed, source.Format);
            ulong[] seeds = [.. Enumerable.Range(0, parsed.GetValue(runs)).Select(run => training.Seed + (ulong)run)];
            var selection = new SelectionOptions { Repeats = parsed.GetValue(repeats), GateEpochs = parsed.GetValue(gates), Threads = training.Threads };
            if (parsed.GetValue(alone))
                selection = selection with { Kept = [] };
            TextWriter output = parsed.InvocationConfiguration.Output, error = parsed.InvocationConfiguration.Error;
            List<SelectionResult> results = await ConsoleProgress.RunAsync(error, ConsoleProgress.IsTerminal, TimeProvider.System,
                progress => seeds.Select(seed => Measure(source with { Seed = seed }, training with { Seed = seed }, selection, progress, cancellation)).ToList()).ConfigureAwait(false);
            if (parsed.GetValue(target) is { } folder)
            {
                Directory.CreateDirectory(folder);
                ReportFile.Write(Path.Combine(folder, "report.json"), SelectionReport.ToJson(seeds, results) + "\n");
                ReportFile.Write(Path.Combine(folder, "report.html"), SelectionReport.ToHtml(Path.GetFileName(source.Train), seeds, results));
            }

            FieldsReport.WriteText(seeds, results, parsed.GetValue(json) ? error : output);
            if (parsed.GetValue(json))
                output.WriteLine(FieldsReport.ToJson(results));
            return ExitCode.Ok;
        });
        return verb;
    }

    private static SelectionResult Measure(DataSource source, TrainingOptions training, SelectionOptions selection, IProgress<ProgressStep> progress, CancellationToken cancellation)
    {
        TrainingData data = TrainingDataReader.Read(source, new Mapped<ReadProgress>(step => progress.Report(TrainReport.Step(step))), cancellation);
        TrainedModel model = Trainer.Train(data, training, new Mapped<TrainingProgress>(step => progress.Report(TrainReport.Step(step, training.Model))), cancellation);
        cancellation.ThrowIfCancellationRequested();
        progress.Report(TrainReport.Step(model, training.Model));
        return FieldSelection.Measure(model.Package, new CompressionData(data.Train, data.Valid, data.Test),
            selection with { Finetune = selection.Finetune with { Seed = training.Seed, EmbeddingL2 = training.EmbeddingL2 } },
            new Mapped<CompressionProgress>(step => progress.Report(new ProgressStep(step.Stage, step.Fraction, step.Detail))), cancellation);
    }
}
