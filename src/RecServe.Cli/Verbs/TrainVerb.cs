using System.CommandLine;
using RecServe.Artifacts;
using RecServe.Cli.Terminal;
using RecServe.Cli.Train;
using RecServe.Training;
using RecServe.Training.Baselines;
using RecServe.Training.Data;
using RecServe.Training.Networks;

namespace RecServe.Cli.Verbs;

/// <summary><c>recserve train</c>: data in, package out.</summary>
internal static class TrainVerb
{
    internal static Command Create()
    {
        var options = new TrainOptions();
        var package = new Option<string?>("--out")
        {
            Description = "The package's version directory, DIR/name/version; must not exist or be empty. [default: models/MODEL/N, N the next free number]",
        };
        var json = new Option<bool>("--json") { Description = "End with one JSON object on one line." };
        var verb = new Verb("train",
            "Train a model until its validation AUC stops rising, measure the best epoch on the test samples and write it as a package. Ctrl-C writes the best epoch so far.",
            "recserve train --format movielens --data ml-latest-small --model dcnv2 --out models/movies/1",
            "recserve train --train a.csv --valid b.csv --test c.csv --schema schema.json --model deepfm --set dropout=0.3 --out models/clicks/1 --json");
        foreach (Option option in options.All)
            verb.Add(option);
        verb.Add(package);
        verb.Add(json);
        verb.SetAction(async (parsed, cancellation) =>
        {
            DataSource source = options.Source(parsed);
            TrainingOptions training = options.Training(parsed, source.Format);
            string target = parsed.GetValue(package) ?? PackageTarget.Next(ModelNames.Of(training.Model));
            Usage.RequireFreePackage(target);

            TimeProvider time = TimeProvider.System;
            long start = time.GetTimestamp();
            TextWriter output = parsed.InvocationConfiguration.Output, error = parsed.InvocationConfiguration.Error;
            (TrainedModel model, IReadOnlyList<Baseline> baselines) = await ConsoleProgress.RunAsync(error, ConsoleProgress.IsTerminal, time,
                progress => Train(source, training, progress, error, cancellation)).ConfigureAwait(false);
            PackageWriter.Write(model.Package, target);
            double seconds = time.GetElapsedTime(start).TotalSeconds;
            TrainReport.WriteText(model, baselines, target, seconds, parsed.GetValue(json) ? error : output);
            if (parsed.GetValue(json))
                output.WriteLine(TrainReport.ToJson(model, baselines, target, seconds));
            return model.Interrupted ? ExitCode.Failed : ExitCode.Ok;
        });
        return verb;
    }

    private static (TrainedModel Model, IReadOnlyList<Baseline> Baselines) Train(
        DataSource source, TrainingOptions training, IProgress<ProgressStep> progress, TextWriter error, CancellationToken cancellation)
    {
        TrainingData data = TrainingDataReader.Read(source, new Mapped<ReadProgress>(step => progress.Report(TrainReport.Step(step))), cancellation);
        if (data.SkippedLines > 0)
            error.WriteLine($"skipped {data.SkippedLines:N0} bad lines");

        // What the model asks of the schema is a matter of the command line, not of the data.
        Usage.Of(() => NetworkShape.Of(training, [.. data.Encoders.Select(encoder => (encoder.Field.Name, 1, encoder.Field.Dim))], data.Schema.Tasks, data.UserInputs));
        TrainedModel model = Trainer.Train(data, training, new Mapped<TrainingProgress>(step => progress.Report(TrainReport.Step(step, training.Model))), cancellation);
        progress.Report(TrainReport.Step(model, training.Model));
        return (model, BaselineScores.Compute(data));
    }
}
