using RecServe.Training.Data;

namespace RecServe.Compression.Networks;

/// <summary>Mean of a field's pooled vector over samples: what a model sees of the field on average.</summary>
public static class FieldMeans
{
    /// <summary>Σ weight · pooled / Σ weight, summed in double.</summary>
    /// <param name="rows">The field's rows, [rows, width].</param>
    /// <param name="width">Floats of a row.</param>
    /// <param name="column">The field's entries; every row number is one of <paramref name="rows"/>.</param>
    /// <param name="weights">Weight of each sample, or null where all are 1.</param>
    /// <param name="samples">Number of samples.</param>
    /// <returns>Width floats; 0 where the samples have no weight.</returns>
    public static float[] Of(ReadOnlySpan<float> rows, int width, DatasetColumn column, float[]? weights, int samples)
    {
        var shares = new double[rows.Length / Math.Max(1, width)];
        double total = 0;
        for (int s = 0; s < samples; s++)
        {
            double weight = weights?[s] ?? 1;
            total += weight;
            int start = column.Offsets?[s] ?? s, end = column.Offsets?[s + 1] ?? (s + 1);
            for (int entry = start; entry < end; entry++)
                shares[column.Rows[entry]] += weight * (column.Weights?[entry] ?? 1);
        }

        var sums = new double[width];
        for (int row = 0; row < shares.Length; row++)
        {
            for (int i = 0; shares[row] != 0 && i < width; i++)
                sums[i] += shares[row] * rows[(row * width) + i];
        }

        return Array.ConvertAll(sums, sum => total > 0 ? (float)(sum / total) : 0);
    }
}
