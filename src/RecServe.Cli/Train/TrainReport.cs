using System.Globalization;
using RecServe.Cli.Terminal;
using RecServe.Training;
using RecServe.Training.Baselines;
using RecServe.Training.Data;
using RecServe.Training.Metrics;

namespace RecServe.Cli.Train;

/// <summary>What training and evaluation print.</summary>
internal static class TrainReport
{
    /// <summary>Reading as a progress step.</summary>
    public static ProgressStep Step(ReadProgress read) => new(
        $"reading {Path.GetFileName(read.File)}", read.BytesTotal > 0 ? (double)read.BytesRead / read.BytesTotal : 0, Text($"{read.Rows:N0} rows"));

    /// <summary>Training as a progress step: one bar for the whole run, which early stopping fills before its last epoch.</summary>
    public static ProgressStep Step(TrainingProgress training, ModelKind model)
    {
        string detail = Text($"epoch {training.Epoch} of at most {training.Epochs}, {training.SamplesPerSecond:N0} rows/s, {training.EpochTimeLeft.TotalSeconds:N0} s left in it");
        if (training is { LastValidAuc: { } last, BestValidAuc: { } best })
            detail += Text($", valid AUC {last:F4} (best {best:F4})");
        double epochs = training.Epoch - 1 + ((double)training.Samples / training.SamplesPerEpoch);
        return new ProgressStep($"training {ModelNames.Of(model)}", Math.Min(0.99, epochs / training.Epochs), detail);
    }

    /// <summary>The end of training as a progress step.</summary>
    public static ProgressStep Step(TrainedModel trained, ModelKind model) =>
        new($"training {ModelNames.Of(model)}", 1, Text($"{trained.Epochs.Count} epochs, valid AUC {trained.Valid.Auc:F4} in epoch {trained.BestEpoch}"));

    /// <summary>The JSON object of a training run.</summary>
    public static string ToJson(TrainedModel model, IReadOnlyList<Baseline> baselines, string package, double seconds) => JsonLine.Write(json =>
    {
        json.Add("test_auc", model.Test.Auc);
        json.Add("test_logloss", model.Test.LogLoss);
        json.Add("test_gauc", model.Test.Gauc);
        json.Add("test_calibration_error", model.Test.CalibrationError);
        json.Add("valid_auc", model.Valid.Auc);
        json.Add("valid_logloss", model.Valid.LogLoss);
        foreach (TaskMetrics task in model.Tasks)
            json.Add($"test_auc.{task.Name}", task.Metrics.Auc);
        foreach (Baseline baseline in baselines)
        {
            json.Add($"baseline_{baseline.Name}_auc", baseline.Auc);
            json.Add($"baseline_{baseline.Name}_gauc", baseline.Gauc);
        }

        json.Add("parameters", model.Parameters);
        json.Add("epochs", model.Epochs.Count);
        json.Add("best_epoch", model.BestEpoch);
        json.Add("interrupted", model.Interrupted);
        json.Add("seconds", Math.Round(seconds, 3));
        json.Add("package", package);
    });

    /// <summary>The JSON object of an evaluation.</summary>
    public static string ToJson(IReadOnlyList<TaskMetrics> tasks) => JsonLine.Write(json =>
    {
        EvaluationMetrics metrics = TaskMetrics.Mean(tasks);
        json.Add("auc", metrics.Auc);
        json.Add("logloss", metrics.LogLoss);
        json.Add("gauc", metrics.Gauc);
        json.Add("calibration_error", metrics.CalibrationError);
        json.Add("rows", metrics.Rows);
        foreach (TaskMetrics task in tasks.Count > 1 ? tasks : [])
            json.Add($"auc.{task.Name}", task.Metrics.Auc);
    });

    /// <summary>A training run for a person.</summary>
    public static void WriteText(TrainedModel model, IReadOnlyList<Baseline> baselines, string package, double seconds, TextWriter output)
    {
        if (model.Interrupted)
            output.WriteLine(model.BestEpoch > 0 ? $"Stopped early: the package holds epoch {model.BestEpoch}, the best so far." : "Stopped in the first epoch: the package holds the model as it was.");
        output.WriteLine(Text($"{model.Epochs.Count} epochs in {seconds:F1} s, best {model.BestEpoch}; {model.Parameters:N0} parameters"));
        output.WriteLine(Text($"valid  AUC {model.Valid.Auc:F4}  logloss {model.Valid.LogLoss:F4}"));
        output.WriteLine(Line("test", model.Test) + (model.Tasks.Count > 1 ? "  (means of the tasks)" : ""));
        foreach (TaskMetrics task in model.Tasks)
            output.WriteLine(Line("", task.Metrics) + $"  task {task.Name}");
        foreach (Baseline baseline in baselines)
            output.WriteLine(Text($"       AUC {baseline.Auc:F4}  GAUC {Number(baseline.Gauc)}  baseline {baseline.Name}"));
        output.WriteLine($"package  {package}");
    }

    /// <summary>Figures in one line.</summary>
    public static string Line(string name, EvaluationMetrics metrics) => Text(
        $"{name,-5}  AUC {Number(metrics.Auc)}  GAUC {Number(metrics.Gauc)}  logloss {metrics.LogLoss:F4}  calibration error {metrics.CalibrationError:F4}  {metrics.Rows:N0} rows");

    private static string Number(double value) => double.IsNaN(value) ? "-" : value.ToString("F4", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
