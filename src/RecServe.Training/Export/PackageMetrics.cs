using RecServe.Training.Metrics;

namespace RecServe.Training.Export;

/// <summary>The manifest's <c>metrics</c>: figures that are not defined (NaN) are left out.</summary>
internal static class PackageMetrics
{
    public static IReadOnlyDictionary<string, double> Of(TaskMetrics[] validTasks, TaskMetrics[] testTasks, long parameters, int epochs, int bestEpoch, double? experts)
    {
        EvaluationMetrics valid = TaskMetrics.Mean(validTasks), test = TaskMetrics.Mean(testTasks);
        var all = new List<(string Name, double Value)>
        {
            ("best_epoch", bestEpoch), ("epochs", epochs), ("parameters", parameters),
            ("test_auc", test.Auc), ("test_calibration_error", test.CalibrationError), ("test_gauc", test.Gauc), ("test_logloss", test.LogLoss),
            ("valid_auc", valid.Auc), ("valid_logloss", valid.LogLoss),
        };
        if (experts is not null)
            all.Add(("valid_average_experts", experts.Value));
        if (testTasks.Length > 1)
        {
            all.AddRange(testTasks.SelectMany(task => new[] { ($"test_auc.{task.Name}", task.Metrics.Auc), ($"test_logloss.{task.Name}", task.Metrics.LogLoss) }));
            all.AddRange(validTasks.Select(task => ($"valid_auc.{task.Name}", task.Metrics.Auc)));
        }

        return new SortedDictionary<string, double>(
            all.Where(metric => double.IsFinite(metric.Value)).ToDictionary(metric => metric.Name, metric => metric.Value), StringComparer.Ordinal);
    }
}
