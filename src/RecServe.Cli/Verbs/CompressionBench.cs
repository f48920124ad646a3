using System.CommandLine;
using RecServe.Artifacts;
using RecServe.Cli.Bench;
using RecServe.Cli.Bench.Compressed;
using RecServe.Cli.Terminal;
using RecServe.Cli.Train;
using RecServe.Compression;
using RecServe.Compression.Reports;
using RecServe.Training;
using RecServe.Training.Data;

namespace RecServe.Cli.Verbs;

/// <summary><c>recserve bench compression</c>: what a compression saves and costs, from training to HTTP, in one run.</summary>
internal static class CompressionBench
{
    internal static Command Create()
    {
        var options = new TrainOptions();
        var budget = new Option<string>("--budget") { Description = "Most bytes of the embedding rows, as a share of what they take as fp32: 30% or 0.3.", DefaultValueFactory = _ => "30%" };
        var method = new Option<string>("--method") { Description = $"{string.Join(", ", MethodNames.All)}.", DefaultValueFactory = _ => "auto" };
        method.AcceptOnlyFromAmong([.. MethodNames.All]);
        var epochs = NumberOption.Whole("--finetune-epochs", "Passes over the training samples with quantized rows; 0 trains nothing.", 2, 0, 100);
        var runs = NumberOption.Whole("--runs", "Trainings, each with a split and weights of its own: seeds --seed, --seed + 1, …; the first one's packages are served.", 3, 1, 100);
        var candidates = NumberOption.Whole("--candidates", "Candidates of a request.", 500, 1, 5000);
        var turns = NumberOption.Whole("--turns", "Times that both packages are measured in turn.", 30, 1, 10_000);
        var load = NumberOption.Whole("--load-ms", "Milliseconds of HTTP load a package and turn; 0 leaves HTTP out.", 500, 0, 60_000);
        var connections = NumberOption.Whole("--connections", "HTTP requests under way at the same time.", 2, 1, 256);
        var memory = NumberOption.Whole("--memory-mb", "MiB of memory that each server has for rows; what does not fit is read from its store on disk. 0 holds every row in memory.", 0, 0, 1_048_576);
        var userFormat = new Option<string>("--user-format") { Description = "How a number becomes a user's id, where the data has nothing of users but their ids.", DefaultValueFactory = _ => "{0}" };
        var users = NumberOption.Whole("--users", "Numbers of users.", 5000, 1, 100_000_000);
        var json = new Option<bool>("--json") { Description = "End with one JSON object on one line." };
        var verb = new Verb("compression",
            "Train, compress, and measure both packages in turn: bytes, gathering, scoring, HTTP throughput and CPU, and the change of the AUC over several trainings. The schema must name the item.",
            "recserve bench compression --format tsv --data artifacts/anime/ratings.tsv --schema artifacts/anime/schema.json --split random:80/10/10 --model mlp --set hidden=128,64 --budget 30%");
        foreach (Option option in (IEnumerable<Option>)[.. options.All, budget, method, epochs, runs, candidates, turns, load, connections, memory, userFormat, users, json])
            verb.Add(option);
        verb.SetAction(async (parsed, cancellation) =>
        {
            DataSource source = options.Source(parsed);
            TrainingOptions training = options.Training(parsed, source.Format);
            var compression = new CompressionOptions
            {
                Method = MethodNames.Parse(parsed.GetValue(method)!),
                Budget = CompressVerb.Share(parsed.GetValue(budget)!),
                PermutationRepeats = 0,
                Threads = training.Threads,
            };
            var bench = new CompressionBenchOptions
            {
                Candidates = parsed.GetValue(candidates),
                Turns = parsed.GetValue(turns),
                LoadMs = parsed.GetValue(load),
                Connections = parsed.GetValue(connections),
                MemoryMb = parsed.GetValue(memory),
                UserFormat = parsed.GetValue(userFormat)!,
                Users = parsed.GetValue(users),
                Seed = training.Seed,
            };
            TextWriter output = parsed.InvocationConfiguration.Output, error = parsed.InvocationConfiguration.Error;
            (List<CompressionResult> results, ServingFigures serving) = await ConsoleProgress.RunAsync(error, ConsoleProgress.IsTerminal, TimeProvider.System, progress =>
            {
                var done = new List<CompressionResult>();
                ModelPackage? first = null;
                for (int run = 0; run < parsed.GetValue(runs); run++)
                {
                    ulong seed = training.Seed + (ulong)run;
                    (ModelPackage package, CompressionResult result) = Compress(source with { Seed = seed }, training with { Seed = seed }, compression, parsed.GetValue(epochs), progress, cancellation);
                    first ??= package;
                    done.Add(result);
                }

                return (done, ServingComparison.RunAsync(first!, done[0].Package, bench, progress, cancellation).GetAwaiter().GetResult());
            }).ConfigureAwait(false);
            CompressionBenchReport.WriteText(results, serving, parsed.GetValue(json) ? error : output);
            if (parsed.GetValue(json))
                output.WriteLine(CompressionBenchReport.ToJson(results, serving));
            return ExitCode.Ok;
        });
        return verb;
    }

    private static (ModelPackage Package, CompressionResult Result) Compress(DataSource source, TrainingOptions training, CompressionOptions compression, int epochs,
        IProgress<ProgressStep> progress, CancellationToken cancellation)
    {
        TrainingData data = TrainingDataReader.Read(source, new Mapped<ReadProgress>(step => progress.Report(TrainReport.Step(step))), cancellation);
        TrainedModel model = Trainer.Train(data, training, new Mapped<TrainingProgress>(step => progress.Report(TrainReport.Step(step, training.Model))), cancellation);
        cancellation.ThrowIfCancellationRequested();
        progress.Report(TrainReport.Step(model, training.Model));
        CompressionResult result = Compressor.Compress(model.Package, new CompressionData(data.Train, data.Valid, data.Test),
            compression with { Finetune = CompressionRecord.Finetune(model.Package) with { Epochs = epochs, Seed = training.Seed } },
            new Mapped<CompressionProgress>(step => progress.Report(new ProgressStep(step.Stage, step.Fraction, step.Detail))), cancellation);
        return (model.Package, result);
    }
}
