namespace RecServe.Compression.Measures;

/// <summary>
/// How much lower the AUC of one set of scores is than that of another on the same samples, with the standard error of the difference (DeLong,
/// DeLong and Clarke-Pearson 1988): most of the samples' chance is common to both and cancels.
/// </summary>
/// <param name="Drop">First AUC minus second.</param>
/// <param name="StandardError">Its standard error; 0 where the two rank alike.</param>
public sealed record PairedAuc(double Drop, double StandardError)
{
    /// <summary>Drop + 1.645 standard errors: the true drop is lower in 95 of 100 cases.</summary>
    public double UpperBound => Drop + (1.645 * StandardError);

    /// <summary>Compares two sets of scores.</summary>
    /// <param name="first">Scores of each sample.</param>
    /// <param name="second">Other scores of the same samples.</param>
    /// <param name="labels">0 or 1 for each sample; both must occur.</param>
    public static PairedAuc Of(ReadOnlySpan<float> first, ReadOnlySpan<float> second, ReadOnlySpan<float> labels)
    {
        double[] a = Placements(first, labels), b = Placements(second, labels);
        double drop = 0, variance = 0;
        foreach (bool positive in (bool[])[true, false])
        {
            int count = 0;
            double sum = 0, squares = 0;
            for (int i = 0; i < a.Length; i++)
            {
                if (labels[i] > 0.5f != positive)
                    continue;
                double difference = a[i] - b[i];
                count++;
                sum += difference;
                squares += difference * difference;
            }

            double mean = sum / count;
            variance += count > 1 ? Math.Max(0, squares - (count * mean * mean)) / (count - 1) / count : 0;
            drop = mean; // the mean over positives and the one over negatives are the same number
        }

        return new PairedAuc(drop, Math.Sqrt(variance));
    }

    /// <summary>For a positive the share of negatives below it, for a negative the share of positives above it; ties count one half.</summary>
    private static double[] Placements(ReadOnlySpan<float> scores, ReadOnlySpan<float> labels)
    {
        float[] keys = scores.ToArray();
        int[] order = [.. Enumerable.Range(0, keys.Length)];
        Array.Sort(keys, order);
        double positives = 0;
        foreach (float label in labels)
            positives += label > 0.5f ? 1 : 0;
        double negatives = labels.Length - positives, positivesBelow = 0, negativesBelow = 0;
        var placements = new double[keys.Length];
        for (int start = 0, end; start < keys.Length; start = end)
        {
            double tiedPositives = 0, tiedNegatives = 0;
            for (end = start; end < keys.Length && keys[end] == keys[start]; end++)
            {
                tiedPositives += labels[order[end]] > 0.5f ? 1 : 0;
                tiedNegatives += labels[order[end]] > 0.5f ? 0 : 1;
            }

            if (end == start)
                throw new ArgumentException($"score {order[start]} is not a number", nameof(scores));
            for (int i = start; i < end; i++)
            {
                placements[order[i]] = labels[order[i]] > 0.5f
                    ? (negativesBelow + (tiedNegatives / 2)) / negatives
                    : (positives - positivesBelow - (tiedPositives / 2)) / positives;
            }

            positivesBelow += tiedPositives;
            negativesBelow += tiedNegatives;
        }

        return placements;
    }
}
