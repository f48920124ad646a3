namespace RecServe.Kernels.Tests;

public class RowCodecRoundTripTests
{
    private static readonly int[] Dims = [1, 3, 8, 16, 17, 64, 100];

    // RECSERVE_TEST_ROWS=1000000 runs the long form.
    private static readonly int Rows = int.TryParse(Environment.GetEnvironmentVariable("RECSERVE_TEST_ROWS"), out int rows) ? rows : 20_000;

    [Theory]
    [InlineData(RowPrecision.Fp32)]
    [InlineData(RowPrecision.Fp16)]
    [InlineData(RowPrecision.Int8)]
    [InlineData(RowPrecision.Int8Compact)]
    [InlineData(RowPrecision.Int4)]
    [InlineData(RowPrecision.Int2)]
    public void Encode_then_decode_random_rows_stays_within_half_a_step(RowPrecision precision)
    {
        var random = new Random(31);
        float[] values = new float[100], decoded = new float[100];
        byte[] row = new byte[RowCodec.RowBytes(RowPrecision.Fp32, 100)];
        for (int n = 0; n < Rows; n++)
        {
            int dim = Dims[n % Dims.Length];
            Span<float> x = values.AsSpan(0, dim), y = decoded.AsSpan(0, dim);
            Span<byte> bytes = row.AsSpan(0, RowCodec.RowBytes(precision, dim));
            RandomRows.Fill(random, x);
            Assert.True(RowCodec.Encode(precision, x, bytes).Ok);
            RowCodec.Decode(precision, bytes, y);
            double tolerance = ReferenceCodec.Tolerance(precision, x);
            for (int i = 0; i < dim; i++)
            {
                if (!(Math.Abs(x[i] - y[i]) <= tolerance))
                    Assert.Fail($"row {n}, number {i} of {dim}: {x[i]} came back as {y[i]}, further than {tolerance}");
            }
        }
    }
}
