namespace RecServe.Kernels.Tests;

public class Int16UnitsTests
{
    [Theory]
    [InlineData(Activation.None)]
    [InlineData(Activation.Relu)]
    public void Encode_and_Decode_odd_sizes_equal_the_formula(Activation activation)
    {
        var random = new Random(61);
        foreach (int n in (int[])[0, 1, 7, 8, 9, 15, 16, 17, 31, 33, 100])
        {
            float size = MathF.Pow(10, random.Next(-20, 20));
            float[] x = [.. Enumerable.Range(0, n).Select(_ => (random.NextSingle() - 0.5f) * size)];
            float[] bias = [.. x.Select(_ => (random.NextSingle() - 0.5f) * size)];
            var codes = new short[n + 1];
            var y = new float[n];
            float scale = Int16Units.Encode(x, codes), most = x.Select(MathF.Abs).DefaultIfEmpty().Max();
            Assert.Equal(most / 32767, scale);
            Int16Units.Decode(codes, scale, bias, activation, y);
            for (int i = 0; i < n; i++)
            {
                Assert.Equal((short)Math.Round(x[i] * (32767f / most)), codes[i]);
                Assert.InRange(Math.Abs(x[i] - (codes[i] * (double)scale)), 0, most / 65_500d);
                float sum = MathF.FusedMultiplyAdd(codes[i], scale, bias[i]);
                Assert.Equal(activation == Activation.Relu ? MathF.Max(0, sum) : sum, y[i]);
            }

            Assert.Equal(0, codes[n]);
        }
    }

    [Theory]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NaN)]
    public void Encode_number_that_is_not_finite_gives_no_scale(float value)
    {
        foreach (int at in (int[])[0, 5, 16, 18])
        {
            float[] x = new float[19];
            x[at] = value;
            Assert.True(float.IsNaN(Int16Units.Encode(x, new short[19])), $"at {at}");
        }
    }

    [Fact]
    public void Encode_nothing_but_tiny_numbers_is_zero()
    {
        short[] codes = [7, 7];
        Assert.Equal(0, Int16Units.Encode([1e-38f, -1e-40f], codes));
        Assert.Equal([0, 0], codes);
    }

    [Fact]
    public void Decode_NaN_stays_NaN()
    {
        foreach (int n in (int[])[3, 8, 16])
        {
            var y = new float[n];
            Int16Units.Decode(new short[n], float.NaN, new float[n], Activation.Relu, y);
            Assert.All(y, value => Assert.True(float.IsNaN(value)));
        }
    }

    [Fact]
    public void Short_spans_throw()
    {
        Assert.Throws<ArgumentException>(() => Int16Units.Encode(new float[3], new short[2]));
        Assert.Throws<ArgumentException>(() => Int16Units.Decode(new short[2], 1, new float[3], Activation.None, new float[3]));
        Assert.Throws<ArgumentException>(() => Int16Units.Decode(new short[3], 1, new float[2], Activation.None, new float[3]));
    }
}
