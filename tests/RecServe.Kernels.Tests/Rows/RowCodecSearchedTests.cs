namespace RecServe.Kernels.Tests;

public class RowCodecSearchedTests
{
    // Measured on Gaussian rows of 16 and 64 numbers: int4 0.82 and 0.84, int2 0.64 and 0.50 of the plain encoding's squared error.
    [Theory]
    [InlineData(RowPrecision.Int4, 16, 0.86)]
    [InlineData(RowPrecision.Int4, 64, 0.89)]
    [InlineData(RowPrecision.Int2, 16, 0.70)]
    [InlineData(RowPrecision.Int2, 64, 0.56)]
    [InlineData(RowPrecision.Int4, 7, 0.95)]
    public void EncodeSearched_random_rows_lose_less_and_never_more(RowPrecision precision, int dim, double atMost)
    {
        var random = new Random(51);
        double plain = 0, searched = 0;
        for (int n = 0; n < 300; n++)
        {
            float[] values = new float[dim];
            for (int i = 0; i < dim; i++)
                values[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
            byte[] row = new byte[RowCodec.RowBytes(precision, dim)];
            Assert.True(RowCodec.Encode(precision, values, row).Ok);
            double before = SquaredError(precision, values, row);
            Assert.True(RowCodec.EncodeSearched(precision, values, row).Ok);
            double after = SquaredError(precision, values, row);
            Assert.True(after <= before * (1 + 1e-5), $"row {n} lost {after} instead of {before}");
            plain += before;
            searched += after;
        }

        Assert.True(searched <= atMost * plain, $"{searched / plain:0.000} of the plain error");
    }

    [Fact]
    public void EncodeSearched_wide_precision_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RowCodec.EncodeSearched(RowPrecision.Int8, new float[4], new byte[12]));

    [Fact]
    public void EncodeSearched_constant_row_equals_the_plain_encoding()
    {
        float[] values = [.. Enumerable.Repeat(0.3f, 9)];
        byte[] plain = new byte[RowCodec.RowBytes(RowPrecision.Int2, 9)], searched = new byte[plain.Length];
        RowCodec.Encode(RowPrecision.Int2, values, plain);
        RowCodec.EncodeSearched(RowPrecision.Int2, values, searched);
        Assert.Equal(plain, searched);
    }

    private static double SquaredError(RowPrecision precision, float[] values, byte[] row) =>
        values.Select((value, i) => Math.Pow(ReferenceCodec.Decode(precision, row, values.Length, i) - value, 2)).Sum();
}
