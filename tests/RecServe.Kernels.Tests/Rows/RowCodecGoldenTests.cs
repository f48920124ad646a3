namespace RecServe.Kernels.Tests;

public class RowCodecGoldenTests
{
    [Fact]
    public void Golden_file_covers_every_dim_and_format()
    {
        var covered = GoldenRow.All.Select(row => (row.Precision, row.Values.Length)).ToHashSet();
        foreach (int dim in (int[])[1, 3, 8, 16, 64, 100])
        {
            foreach (RowPrecision precision in (RowPrecision[])[RowPrecision.Int8, RowPrecision.Int4, RowPrecision.Int2])
                Assert.Contains((precision, dim), covered);
        }
    }

    [Theory]
    [MemberData(nameof(RowKernels.Names), MemberType = typeof(RowKernels))]
    public void Encode_golden_rows_gives_FBGEMM_bytes(string kernel)
    {
        foreach (GoldenRow golden in GoldenRow.All)
        {
            byte[] row = new byte[golden.Bytes.Length];
            Assert.True(RowCodec.Encode(RowKernels.Named(kernel), golden.Precision, golden.Values, row).Ok);
            Assert.Equal(Convert.ToHexString(golden.Bytes), Convert.ToHexString(row));
        }
    }

    [Theory]
    [MemberData(nameof(RowKernels.Names), MemberType = typeof(RowKernels))]
    public void Decode_golden_bytes_is_within_the_formats_rounding(string kernel)
    {
        foreach (GoldenRow golden in GoldenRow.All)
        {
            float[] decoded = RowKernels.Decode(RowKernels.Named(kernel), golden.Precision, golden.Bytes, golden.Values.Length);
            for (int i = 0; i < decoded.Length; i++)
            {
                double expected = ReferenceCodec.Decode(golden.Precision, golden.Bytes, golden.Values.Length, i);
                Assert.Equal(expected, decoded[i], 1e-6 * Math.Max(1e-6, golden.Values.Max(Math.Abs)));
                Assert.True(Math.Abs(decoded[i] - golden.Values[i]) <= ReferenceCodec.Tolerance(golden.Precision, golden.Values),
                    $"{golden.Precision}, {decoded.Length} numbers: {golden.Values[i]} came back as {decoded[i]}");
            }
        }
    }
}
