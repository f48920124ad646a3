namespace RecServe.Training.Metrics;

/// <summary>Area under the ROC curve: the chance that a positive is scored above a negative, a tie counting one half.</summary>
public static class RocCurve
{
    /// <summary>AUC by ranks, ties at their middle rank; O(n log n).</summary>
    /// <param name="scores">Score of each sample; any increasing function of it gives the same result.</param>
    /// <param name="labels">0 or 1 for each sample.</param>
    /// <param name="weights">Weight of each sample, not negative, or empty where all are 1.</param>
    /// <returns>0 to 1; NaN where a class has no weight.</returns>
    public static double Auc(ReadOnlySpan<float> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights)
    {
        float[] keys = scores.ToArray();
        int[] order = Order(keys.Length);
        Array.Sort(keys, order);
        return AucOfSorted(keys, order, labels, weights);
    }

    /// <summary>
    /// AUC within each group that has both classes, averaged with the groups' weights (their number of samples where
    /// <paramref name="weights"/> is empty).
    /// </summary>
    /// <param name="scores">Score of each sample.</param>
    /// <param name="labels">0 or 1 for each sample.</param>
    /// <param name="weights">Weight of each sample, or empty where all are 1.</param>
    /// <param name="groups">Group of each sample (its user), or empty where there are none.</param>
    /// <returns>0 to 1; NaN where there are no groups or none has both classes.</returns>
    public static double GroupedAuc(ReadOnlySpan<float> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, ReadOnlySpan<int> groups)
    {
        if (groups.IsEmpty)
            return double.NaN;
        var keys = new (int Group, float Score)[scores.Length];
        for (int i = 0; i < keys.Length; i++)
            keys[i] = (groups[i], scores[i]);
        int[] order = Order(keys.Length);
        Array.Sort(keys, order);
        float[] sorted = Array.ConvertAll(keys, key => key.Score);
        double sum = 0, total = 0;
        for (int start = 0, end; start < keys.Length; start = end)
        {
            for (end = start; end < keys.Length && keys[end].Group == keys[start].Group; end++)
            {
            }

            double auc = AucOfSorted(sorted.AsSpan(start, end - start), order.AsSpan(start, end - start), labels, weights);
            if (double.IsNaN(auc))
                continue;
            double weight = 0;
            for (int i = start; i < end; i++)
                weight += weights.IsEmpty ? 1 : weights[order[i]];
            sum += weight * auc;
            total += weight;
        }

        return total > 0 ? sum / total : double.NaN;
    }

    private static double AucOfSorted(ReadOnlySpan<float> scores, ReadOnlySpan<int> order, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights)
    {
        double below = 0, area = 0, positives = 0;
        for (int start = 0, end; start < scores.Length; start = end)
        {
            double tiedPositive = 0, tiedNegative = 0;
            for (end = start; end < scores.Length && scores[end] == scores[start]; end++)
            {
                int sample = order[end];
                double weight = weights.IsEmpty ? 1 : weights[sample];
                if (labels[sample] > 0.5f)
                    tiedPositive += weight;
                else
                    tiedNegative += weight;
            }

            if (end == start)
                return double.NaN; // a NaN score equals nothing, not even itself
            area += tiedPositive * (below + (tiedNegative / 2));
            below += tiedNegative;
            positives += tiedPositive;
        }

        return positives > 0 && below > 0 ? area / (positives * below) : double.NaN;
    }

    private static int[] Order(int count)
    {
        var order = new int[count];
        for (int i = 0; i < count; i++)
            order[i] = i;
        return order;
    }
}
