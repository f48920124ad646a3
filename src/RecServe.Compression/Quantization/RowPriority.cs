using RecServe.Training.Data;

namespace RecServe.Compression.Quantization;

/// <summary>
/// F-Quantization's priority of a row (SHARK, arXiv 2308.09395): after each window of samples score ← (1 − β)·score + β·(α·c⁺ + c⁻), c⁺ and c⁻ the
/// samples of the window with label 1 and 0 that look the row up.
/// </summary>
/// <param name="PositiveWeight">α. A positive sample's squared gradient is ((1 − c)/c)² of a negative's at a click rate of c, so rare clicks weigh more.</param>
/// <param name="Decay">β, above 0 to 1.</param>
/// <param name="Windows">Windows that the samples are cut into, in their order; at least 1.</param>
public sealed record RowPriority(double PositiveWeight, double Decay = 0.2, int Windows = 10)
{
    /// <summary>α for a share of positives: ((1 − c)/c)², at most 10.</summary>
    public static double PositiveWeightOf(double positiveShare) =>
        positiveShare > 0 ? Math.Min(10, (1 - positiveShare) * (1 - positiveShare) / (positiveShare * positiveShare)) : 10;

    /// <summary>Priority of each row of a field.</summary>
    /// <param name="column">The field's entries, bound.</param>
    /// <param name="labels">0 or 1 for each sample.</param>
    /// <param name="rows">Rows of the table.</param>
    public double[] Of(DatasetColumn column, ReadOnlySpan<float> labels, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Windows, 1);
        var scores = new double[rows];
        var counts = new double[rows];
        for (int window = 0; window < Windows; window++)
        {
            Array.Clear(counts);
            int from = (int)((long)labels.Length * window / Windows), to = (int)((long)labels.Length * (window + 1) / Windows);
            for (int s = from; s < to; s++)
            {
                int start = column.Offsets?[s] ?? s, end = column.Offsets?[s + 1] ?? (s + 1);
                for (int entry = start; entry < end; entry++)
                    counts[column.Rows[entry]] += labels[s] > 0.5f ? PositiveWeight : 1;
            }

            for (int row = 0; row < rows; row++)
                scores[row] = ((1 - Decay) * scores[row]) + (Decay * counts[row]);
        }

        return scores;
    }
}
