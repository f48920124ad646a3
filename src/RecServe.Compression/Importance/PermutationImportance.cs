using RecServe.Compression.Networks;
using RecServe.Training;
using RecServe.Training.Data;
using RecServe.Training.Metrics;

namespace RecServe.Compression.Importance;

/// <summary>
/// Permutation importance by its definition (Breiman 2001): a field's values are shuffled among the samples and the model is measured again.
/// Costs fields × repeats evaluations: the reference that <see cref="FPermutation"/> is checked against.
/// </summary>
public static class PermutationImportance
{
    /// <summary>Importance of every field, in model order.</summary>
    /// <param name="network">The model.</param>
    /// <param name="data">Bound samples with labels.</param>
    /// <param name="repeats">Shuffles of each field, at least 1.</param>
    /// <param name="seed">Decides the shuffles.</param>
    /// <param name="cancellation">Ends the work with an exception.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static IReadOnlyList<PermutedLoss> Measure(PackageNetwork network, Dataset data, int repeats, ulong seed, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(repeats, 1);
        (double loss, double auc) = Figures(network, data);
        var random = new SeededRandom(seed);
        int[] order = [.. Enumerable.Range(0, data.Samples)];
        var results = new PermutedLoss[data.Columns.Count];
        for (int f = 0; f < results.Length; f++)
        {
            var rises = new double[repeats];
            double fall = 0;
            for (int t = 0; t < repeats; t++)
            {
                cancellation.ThrowIfCancellationRequested();
                random.Shuffle(order);
                DatasetColumn[] columns = [.. data.Columns];
                columns[f] = Reordered(columns[f], order);
                (double shuffledLoss, double shuffledAuc) = Figures(network, data with { Columns = columns });
                rises[t] = shuffledLoss - loss;
                fall += (auc - shuffledAuc) / repeats;
            }

            double mean = rises.Average(), squares = rises.Sum(rise => (rise - mean) * (rise - mean));
            results[f] = new PermutedLoss(mean, repeats > 1 ? Math.Sqrt(squares / (repeats - 1) / repeats) : double.NaN, fall);
        }

        return results;
    }

    /// <summary>The column in which sample s has the values that sample order[s] had.</summary>
    public static DatasetColumn Reordered(DatasetColumn column, ReadOnlySpan<int> order)
    {
        if (column.Offsets is null)
        {
            var single = new int[order.Length];
            float[]? factors = column.Weights is null ? null : new float[order.Length];
            for (int s = 0; s < order.Length; s++)
            {
                single[s] = column.Rows[order[s]];
                if (factors is not null)
                    factors[s] = column.Weights![order[s]];
            }

            return new DatasetColumn(single, null, factors);
        }

        var rows = new List<int>(column.Rows.Length);
        List<float>? weights = column.Weights is null ? null : new List<float>(column.Rows.Length);
        var offsets = new int[order.Length + 1];
        for (int s = 0; s < order.Length; s++)
        {
            int start = column.Offsets[order[s]], length = column.Offsets[order[s] + 1] - start;
            rows.AddRange(column.Rows.AsSpan(start, length));
            weights?.AddRange(column.Weights.AsSpan(start, length));
            offsets[s + 1] = rows.Count;
        }

        return new DatasetColumn([.. rows], offsets, weights is null ? null : [.. weights]);
    }

    private static (double LogLoss, double Auc) Figures(PackageNetwork network, Dataset data)
    {
        float[] logits = network.Logits(data);
        return (Probabilities.LogLoss(logits, data.Labels, data.Weights), RocCurve.Auc(logits, data.Labels, data.Weights));
    }
}
