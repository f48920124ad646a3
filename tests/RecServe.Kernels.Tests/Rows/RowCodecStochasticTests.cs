namespace RecServe.Kernels.Tests;

public class RowCodecStochasticTests
{
    [Theory]
    [InlineData(RowPrecision.Fp16)]
    [InlineData(RowPrecision.Int8)]
    [InlineData(RowPrecision.Int8Compact)]
    [InlineData(RowPrecision.Int4)]
    [InlineData(RowPrecision.Int2)]
    public void EncodeStochastic_many_counters_average_to_the_row(RowPrecision precision)
    {
        const int dim = 17, draws = 4000;
        float[] values = RandomRows.Create(new Random(41), dim), decoded = new float[dim];

        // The lowest number is not below what code 0 stands for, else it would be clamped and not average out.
        values[3] = (float)(Half)(values.Min() * 1.25f);
        byte[] row = new byte[RowCodec.RowBytes(precision, dim)];
        double[] sums = new double[dim];
        HashSet<string> distinct = [];
        for (ulong counter = 0; counter < draws; counter++)
        {
            Assert.True(RowCodec.EncodeStochastic(precision, values, row, seed: 9, counter).Ok);
            RowCodec.Decode(precision, row, decoded);
            distinct.Add(Convert.ToHexString(row));
            for (int i = 0; i < dim; i++)
                sums[i] += decoded[i];
        }

        Assert.True(distinct.Count > draws / 4, $"only {distinct.Count} different encodings");
        double step = Step(precision, values);
        for (int i = 0; i < dim; i++)
        {
            // A step's rounding has a standard deviation of at most half a step; 5 of the mean's, and what rounding the scale adds at the top.
            double allowed = 5 * 0.5 * step / Math.Sqrt(draws) + (values[i] == values.Max() ? step * 0.02 : 0) + 1e-6;
            Assert.Equal(values[i], sums[i] / draws, allowed);
        }
    }

    [Fact]
    public void EncodeStochastic_same_seed_and_counter_gives_the_same_bytes_and_others_do_not()
    {
        float[] values = RandomRows.Create(new Random(42), 64);
        byte[] first = new byte[72], again = new byte[72], otherSeed = new byte[72], otherCounter = new byte[72];
        RowCodec.EncodeStochastic(RowPrecision.Int8, values, first, 1, 1);
        RowCodec.EncodeStochastic(RowPrecision.Int8, values, again, 1, 1);
        RowCodec.EncodeStochastic(RowPrecision.Int8, values, otherSeed, 2, 1);
        RowCodec.EncodeStochastic(RowPrecision.Int8, values, otherCounter, 1, 2);
        Assert.Equal(first, again);
        Assert.NotEqual(first, otherSeed);
        Assert.NotEqual(first, otherCounter);
    }

    [Fact]
    public void EncodeStochastic_numbers_on_a_code_stay_there()
    {
        // 0, 1, …, 15 are the codes themselves.
        float[] values = [.. Enumerable.Range(0, 16).Select(i => (float)i)], decoded = new float[16];
        byte[] row = new byte[RowCodec.RowBytes(RowPrecision.Int4, 16)];
        for (ulong counter = 0; counter < 200; counter++)
        {
            Assert.True(RowCodec.EncodeStochastic(RowPrecision.Int4, values, row, 3, counter).Ok);
            RowCodec.Decode(RowPrecision.Int4, row, decoded);
            Assert.Equal(values, decoded);
        }
    }

    private static double Step(RowPrecision precision, float[] values)
    {
        double range = values.Max() - values.Min(), magnitude = values.Max(Math.Abs);
        return precision switch
        {
            RowPrecision.Fp16 => magnitude / 1024,
            RowPrecision.Int8 => range / 255,
            RowPrecision.Int8Compact => magnitude / 127,
            RowPrecision.Int4 => range / 15,
            _ => range / 3,
        };
    }
}
