namespace RecServe.Training.Metrics;

/// <summary>Figures of a model on a set of samples. A figure that is not defined there (AUC of one class, GAUC without users) is NaN.</summary>
/// <param name="Auc">Area under the ROC curve.</param>
/// <param name="LogLoss">Mean binary cross-entropy, nats.</param>
/// <param name="Gauc">AUC within each user who has both classes, averaged by their samples.</param>
/// <param name="CalibrationError">Expected calibration error over 20 bins of equal width.</param>
/// <param name="Rows">Number of samples.</param>
public sealed record EvaluationMetrics(double Auc, double LogLoss, double Gauc, double CalibrationError, int Rows)
{
    /// <summary>Computes all figures.</summary>
    /// <param name="logits">Log-odds of each sample.</param>
    /// <param name="labels">0 or 1 for each sample.</param>
    /// <param name="weights">Weight of each sample, or empty where all are 1.</param>
    /// <param name="users">Index of each sample's user, or empty where there are none.</param>
    public static EvaluationMetrics Compute(ReadOnlySpan<float> logits, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, ReadOnlySpan<int> users) =>
        new(RocCurve.Auc(logits, labels, weights), Probabilities.LogLoss(logits, labels, weights),
            RocCurve.GroupedAuc(logits, labels, weights, users), Probabilities.CalibrationError(logits, labels, weights), logits.Length);
}
