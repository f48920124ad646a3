namespace RecServe.Training.Metrics;

/// <summary>Figures of predicted probabilities.</summary>
public static class Probabilities
{
    /// <summary>Bins of <see cref="CalibrationError"/>: [0, .05), [.05, .10), … [.95, 1].</summary>
    public const int Bins = 20;

    /// <summary>1 / (1 + e^−x), in double.</summary>
    public static double Sigmoid(double logit) => 1 / (1 + Math.Exp(-logit));

    /// <summary>Mean binary cross-entropy in nats, from logits so that no probability is rounded to 0 or 1.</summary>
    /// <param name="logits">Log-odds of each sample.</param>
    /// <param name="labels">0 or 1 for each sample.</param>
    /// <param name="weights">Weight of each sample, or empty where all are 1.</param>
    public static double LogLoss(ReadOnlySpan<float> logits, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights)
    {
        double sum = 0, total = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            double weight = weights.IsEmpty ? 1 : weights[i];
            sum += weight * CrossEntropy(logits[i], labels[i]);
            total += weight;
        }

        return total > 0 ? sum / total : double.NaN;
    }

    /// <summary>max(x, 0) − x·y + ln(1 + e^−|x|).</summary>
    public static double CrossEntropy(double logit, double label) =>
        Math.Max(logit, 0) - (logit * label) + Math.Log(1 + Math.Exp(-Math.Abs(logit)));

    /// <summary>
    /// Expected calibration error: |mean prediction − mean label| in each of 20 bins of equal width over the predicted probability,
    /// averaged with the bins' weights.
    /// </summary>
    /// <param name="logits">Log-odds of each sample.</param>
    /// <param name="labels">0 or 1 for each sample.</param>
    /// <param name="weights">Weight of each sample, or empty where all are 1.</param>
    public static double CalibrationError(ReadOnlySpan<float> logits, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights)
    {
        Span<double> gap = stackalloc double[Bins];
        gap.Clear();
        double total = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            double probability = Sigmoid(logits[i]), weight = weights.IsEmpty ? 1 : weights[i];
            if (double.IsNaN(probability))
                return double.NaN;
            gap[Math.Min(Bins - 1, (int)(probability * Bins))] += weight * (probability - labels[i]);
            total += weight;
        }

        double error = 0;
        foreach (double difference in gap)
            error += Math.Abs(difference);
        return total > 0 ? error / total : double.NaN;
    }
}
