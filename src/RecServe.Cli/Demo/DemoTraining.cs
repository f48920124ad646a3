using System.Diagnostics;
using RecServe.Artifacts;
using RecServe.Cli.Terminal;
using RecServe.Training;
using RecServe.Training.Data;

namespace RecServe.Cli.Demo;

/// <summary>Trains both models on the market's files and packages them where the server will look.</summary>
internal static class DemoTraining
{
    public static IReadOnlyList<TrainedDemoModel> Run(MarketFiles files, string models, int threads, IProgress<ProgressStep> progress, CancellationToken cancel)
    {
        var source = new DataSource
        {
            Format = DataFormat.Csv, Train = files.Train, Valid = files.Valid, Test = files.Test, SchemaPath = files.SchemaFile,
        };
        TrainingData data = TrainingDataReader.Read(source, null, cancel);
        return [.. DemoModel.Both(threads).Select(model => Train(model, data, models, progress, cancel))];
    }

    private static TrainedDemoModel Train(DemoModel model, TrainingData data, string models, IProgress<ProgressStep> progress, CancellationToken cancel)
    {
        long start = Stopwatch.GetTimestamp();
        TrainedModel trained = Trainer.Train(data, model.Options, new EpochSteps(model, progress), cancel);
        cancel.ThrowIfCancellationRequested();
        PackageWriter.Write(trained.Package, Path.Combine(models, model.Name, "1"));
        progress.Report(new ProgressStep($"training {model.Title}", 1, $"AUC {trained.Test.Auc:F4}"));
        return new TrainedDemoModel(model, trained.Test.Auc, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private sealed class EpochSteps(DemoModel model, IProgress<ProgressStep> progress) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            double fraction = (value.Epoch - 1 + ((double)value.Samples / value.SamplesPerEpoch)) / value.Epochs;
            string auc = value.LastValidAuc is { } last ? $"  valid AUC {last:F4}" : "";
            progress.Report(new ProgressStep($"training {model.Title}", Math.Min(fraction, 0.999), $"{value.SamplesPerSecond:N0} rows/s{auc}"));
        }
    }
}
