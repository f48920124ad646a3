using RecServe.Training.Metrics;

namespace RecServe.Training.Export;

/// <summary>The manifest's <c>metrics</c>: figures that are not defined (NaN) are left out.</summary>
internal static class PackageMetrics
{
    public static IReadOnlyDictionary<string, double> Of(EvaluationMetrics valid, EvaluationMetrics test, long parameters, int epochs, int bestEpoch)
    {
        (string Name, double Value)[] all =
        [
            ("best_epoch", bestEpoch), ("epochs", epochs), ("parameters", parameters),
            ("test_auc", test.Auc), ("test_calibration_error", test.CalibrationError), ("test_gauc", test.Gauc), ("test_logloss", test.LogLoss),
            ("valid_auc", valid.Auc), ("valid_logloss", valid.LogLoss),
        ];
        return new SortedDictionary<string, double>(
            all.Where(metric => double.IsFinite(metric.Value)).ToDictionary(metric => metric.Name, metric => metric.Value), StringComparer.Ordinal);
    }
}
