using System.CommandLine;
using System.Globalization;
using RecServe.Artifacts;
using RecServe.Cli.Terminal;
using RecServe.Cli.Train;
using RecServe.Compression.Folding;
using RecServe.Training.Data;
using RecServe.Training.Evaluation;
using RecServe.Training.Metrics;

namespace RecServe.Cli.Verbs;

/// <summary><c>recserve evaluate</c>: a package measured on labelled data.</summary>
internal static class EvaluateVerb
{
    private static readonly string[] Parts = [.. Enum.GetNames<DataPart>().Select(name => name.ToLowerInvariant())];

    internal static Command Create()
    {
        var package = new Argument<string>("package") { Description = "The version directory, DIR/name/version." };
        var data = new Option<string?>("--data") { Description = "Labelled samples (a folder for movielens)." };
        Option<string?>[] files = [.. Parts.Select(name => new Option<string?>($"--{name}") { Description = $"The {name} file, instead of --data: --part says which is measured." })];
        var badLines = new Option<int>("--max-bad-lines") { Description = "Bad lines that are skipped without failing.", DefaultValueFactory = _ => 0 };
        var format = new Option<string?>("--format") { Description = $"How the data is written: {string.Join(", ", DataFormats.Names)}; told by the package's schema where it is left out." };
        var schema = new Option<string?>("--schema") { Description = "A schema file with the same fields, where the columns stand elsewhere than in training." };
        var split = new Option<string?>("--split") { Description = "Measure one part of a split of the data, such as per-user-time:80/10/10." };
        var part = new Option<string?>("--part") { Description = "The part of --split, or of the files: train, valid or test; default test." };
        part.AcceptOnlyFromAmong(Parts);
        var seed = new Option<ulong>("--seed") { Description = "Seed of a random split.", DefaultValueFactory = _ => 1 };
        var threads = new Option<int>("--threads") { Description = "Threads that compute, 1 to 64.", DefaultValueFactory = _ => Math.Min(64, Environment.ProcessorCount) };
        var scores = new Option<string?>("--scores") { Description = "Write each sample's score, one a line, to this file; it must not exist yet." };
        var off = new Option<string?>("--fields-off") { Description = "Fields, separated by commas, that stand at their mean over the training samples: what a server answers while they are turned off." };
        var json = new Option<bool>("--json") { Description = "End with one JSON object on one line." };
        var verb = new Verb("evaluate", "Measure a package on labelled data: AUC, logloss, AUC per user, calibration error.",
            "recserve evaluate models/clicks/1 --data test.csv --json",
            "recserve evaluate models/movies/1 --data ml-latest-small --split per-user-time:80/10/10 --scores scores.txt")
        {
            package, data, files[0], files[1], files[2], format, schema, split, part, seed, badLines, threads, scores, off, json,
        };
        verb.SetAction(async (parsed, cancellation) =>
        {
            int workers = Usage.InRange("--threads", parsed.GetValue(threads), 1, 64);
            var measured = parsed.GetValue(part) is { } named ? (DataPart)Array.IndexOf(Parts, named) : DataPart.Test;
            bool separate = files.Any(file => parsed.GetValue(file) is not null);
            if (separate && (parsed.GetValue(data) ?? parsed.GetValue(split)) is not null)
                throw new UsageException("give --data (and perhaps --split) or separate files (--train, --valid, --test), not both");
            var source = new EvaluationSource
            {
                Data = parsed.GetValue(data) ?? parsed.GetValue(files[(int)measured])
                    ?? throw new UsageException(separate ? $"--part {Parts[(int)measured]} is measured: give --{Parts[(int)measured]}" : "no data: give --data, or --test"),
                Format = parsed.GetValue(format) is { } name ? Usage.Of<DataFormat?>(() => DataFormats.Parse(name)) : null,
                SchemaPath = parsed.GetValue(schema),
                Split = parsed.GetValue(split) is { } text ? Usage.Of(() => DataSplit.Parse(text)) : null,
                Part = measured,
                Seed = parsed.GetValue(seed),
                MaxBadLines = Usage.InRange("--max-bad-lines", parsed.GetValue(badLines), 0, int.MaxValue),
            };
            if (parsed.GetValue(part) is not null && source.Split is null && !separate)
                throw new UsageException("--part names a part of --split; give --split too");
            string? target = parsed.GetValue(scores);
            if (target is not null && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(target))))
                throw new IOException($"{target}: there is no such folder to write it to");
            if (target is not null && Path.Exists(target))
                throw new IOException($"{target}: exists already; remove it or name another file");

            TextWriter output = parsed.InvocationConfiguration.Output, error = parsed.InvocationConfiguration.Error;
            ModelPackage model = WithoutFields(PackageReader.Read(parsed.GetValue(package)!), parsed.GetValue(off));
            (float[] logits, TaskMetrics[] tasks) = await ConsoleProgress.RunAsync(error, ConsoleProgress.IsTerminal, TimeProvider.System, progress =>
            {
                Dataset samples = EvaluationDataReader.Read(source, model, new ReadingProgress(progress), cancellation);
                return (target is null ? [] : Evaluator.Logits(model, samples, workers), Evaluator.EvaluateTasks(model, samples, workers));
            }).ConfigureAwait(false);
            if (target is not null)
                WriteScores(target, logits);
            (parsed.GetValue(json) ? error : output).WriteLine(TrainReport.Line("data", TaskMetrics.Mean(tasks)));
            foreach (TaskMetrics task in tasks.Length > 1 ? tasks : [])
                (parsed.GetValue(json) ? error : output).WriteLine(TrainReport.Line("", task.Metrics) + $"  task {task.Name}");
            if (parsed.GetValue(json))
                output.WriteLine(TrainReport.ToJson(tasks));
            return ExitCode.Ok;
        });
        return verb;
    }

    private static ModelPackage WithoutFields(ModelPackage package, string? names)
    {
        foreach (string name in names?.Split(',', StringSplitOptions.TrimEntries) ?? [])
        {
            int field = package.Fields.ToList().FindIndex(known => known.Name == name);
            if (field < 0)
                throw new UsageException($"--fields-off names '{name}', not one of the package's fields {string.Join(", ", package.Fields.Select(known => known.Name))}");
            package = FieldRemoval.Hold(package, field, package.Tables[field].Mean);
        }

        return package;
    }

    private static void WriteScores(string path, float[] logits)
    {
        using var file = new StreamWriter(new FileStream(path, FileMode.CreateNew)) { NewLine = "\n" };
        foreach (float logit in logits)
            file.WriteLine(Probabilities.Sigmoid(logit).ToString("R", CultureInfo.InvariantCulture));
    }

    private sealed class ReadingProgress(IProgress<ProgressStep> inner) : IProgress<ReadProgress>
    {
        public void Report(ReadProgress value) => inner.Report(TrainReport.Step(value));
    }
}
