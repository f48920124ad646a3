namespace RecServe.Compression.Importance;

/// <summary>Exact permutation importance of one field.</summary>
/// <param name="LogLoss">Rise of the logloss when the field's values are shuffled among the samples, mean over the repeats, nats.</param>
/// <param name="StandardError">Standard error of that mean: the deviation of the repeats over the root of their number; NaN for one repeat.</param>
/// <param name="Auc">Fall of the AUC, mean over the repeats.</param>
public sealed record PermutedLoss(double LogLoss, double StandardError, double Auc);
