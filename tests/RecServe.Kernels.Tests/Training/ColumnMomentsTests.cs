namespace RecServe.Kernels.Tests.Training;

public sealed class ColumnMomentsTests
{
    [Theory]
    [InlineData(1, 5, 0)]
    [InlineData(33, 17, 0)]
    [InlineData(512, 40, 1000)] // a mean 1,000 times the deviation: one-pass sums of squares would lose the variance
    public void Compute_equals_the_sums_in_double(int rows, int width, float centre)
    {
        float[] z = Rows.Draw(rows * width, 1, centre), mean = new float[width], squares = new float[width];

        ColumnMoments.Compute(z, rows, mean, squares);

        for (int i = 0; i < width; i++)
        {
            double[] column = [.. Enumerable.Range(0, rows).Select(r => (double)z[(r * width) + i])];
            double expected = column.Average();
            Assert.Equal(expected, mean[i], 1e-6 * Math.Max(1, Math.Abs(expected)));
            Assert.Equal(column.Sum(v => (v - expected) * (v - expected)), squares[i], 1e-3 * Math.Max(1, rows));
        }
    }

    [Theory]
    [InlineData(7)]
    [InlineData(41)]
    public void BackwardNormalization_equals_its_formula(int width)
    {
        float[] g = Rows.Draw(width, 1), z = Rows.Draw(width, 2), mean = Rows.Draw(width, 3), factor = Rows.Draw(width, 4), slope = Rows.Draw(width, 5), offset = Rows.Draw(width, 6);
        float[] expected = [.. g.Select((v, i) => (v * factor[i]) + ((z[i] - mean[i]) * slope[i]) + offset[i])];

        ColumnMoments.BackwardNormalization(g, z, mean, factor, slope, offset);

        Assert.All(expected.Zip(g), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }
}
