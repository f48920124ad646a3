using RecServe.Training.Data;

namespace RecServe.Training;

/// <summary>Averages of a table over the training samples.</summary>
public static class TableAverages
{
    /// <summary>How many entries of a column look up each row.</summary>
    public static double[] CountLookups(DatasetColumn column, int rows)
    {
        var counts = new double[rows];
        foreach (int row in column.Rows)
        {
            if (row >= 0)
                counts[row]++;
        }

        return counts;
    }

    /// <summary>Mean row, each row as often as it is looked up; 0 where nothing is. Sums in double.</summary>
    /// <param name="table">[rows, width].</param>
    /// <param name="counts">Weight of each row.</param>
    /// <param name="mean">Result; its length is the width.</param>
    public static void MeanRow(ReadOnlySpan<float> table, ReadOnlySpan<double> counts, Span<float> mean)
    {
        int width = mean.Length;
        Span<double> sums = width <= 512 ? stackalloc double[width] : new double[width];
        sums.Clear();
        double total = 0;
        for (int row = 0; row < counts.Length; row++)
        {
            if (counts[row] == 0)
                continue;
            for (int i = 0; i < width; i++)
                sums[i] += counts[row] * table[(row * width) + i];
            total += counts[row];
        }

        for (int i = 0; i < width; i++)
            mean[i] = total > 0 ? (float)(sums[i] / total) : 0;
    }

    /// <summary>Sum of the weights with which a column looks up each row, divided by the samples: times the rows it is the mean pooled vector.</summary>
    public static double[] PooledShares(DatasetColumn column, int rows, int samples)
    {
        var shares = new double[rows];
        for (int entry = 0; entry < column.Rows.Length; entry++)
        {
            if (column.Rows[entry] >= 0)
                shares[column.Rows[entry]] += (column.Weights?[entry] ?? 1) / (double)samples;
        }

        return shares;
    }

    /// <summary>Σ shares · row, in double.</summary>
    public static float[] WeightedSum(ReadOnlySpan<float> table, ReadOnlySpan<double> shares, int width)
    {
        var sums = new double[width];
        for (int row = 0; row < shares.Length; row++)
        {
            for (int i = 0; i < width; i++)
                sums[i] += shares[row] * table[(row * width) + i];
        }

        return Array.ConvertAll(sums, sum => (float)sum);
    }
}
