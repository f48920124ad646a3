namespace RecServe.Kernels.Tests;

public class TanhTests
{
    [Fact]
    public void Apply_floats_of_every_exponent_is_within_6_ulp()
    {
        double worst = 0;
        for (long bits = 0; bits < uint.MaxValue; bits += 65_537)
        {
            float x = BitConverter.UInt32BitsToSingle((uint)bits);
            double exact = Math.Tanh(x);
            if (float.IsNaN(x) || Math.Abs(exact) < 1.2e-38)
                continue;
            double ulp = MathF.BitIncrement(MathF.Abs((float)exact)) - MathF.Abs((float)exact);
            worst = Math.Max(worst, Math.Abs(Of(x) - exact) / ulp);
        }

        Assert.InRange(worst, 0.1, 6);
    }

    [Theory]
    [InlineData(float.NegativeInfinity, -1)]
    [InlineData(-3e38f, -1)]
    [InlineData(0, 0)]
    [InlineData(1e-30f, 1e-30f)]
    [InlineData(20, 1)]
    [InlineData(float.PositiveInfinity, 1)]
    public void Apply_extremes_is_safe(float x, float expected) => Assert.Equal(expected, Of(x), MathF.Abs(expected) * 6e-7f);

    [Fact]
    public void Apply_nan_is_nan() => Assert.True(float.IsNaN(Of(float.NaN)));

    [Fact]
    public void Apply_odd_lengths_equals_one_by_one_and_stays_inside()
    {
        var random = new Random(31);
        foreach (int length in (int[])[0, 1, 7, 15, 16, 17, 33, 1025])
        {
            float[] x = [.. Enumerable.Range(0, length + 1).Select(_ => (random.NextSingle() * 12) - 6)], y = [.. x];
            Tanh.Apply(y.AsSpan(0, length));
            Assert.Equal(x[..length].Select(Of), y[..length]);
            Assert.Equal(x[length], y[length]);
        }
    }

    [Fact]
    public void Apply_doubles_are_exact()
    {
        double[] x = [-2, -0.001, 0, 0.5, 7];
        double[] y = [.. x];
        Tanh.Apply<double>(y);
        Assert.Equal(x.Select(Math.Tanh), y);
    }

    [Fact]
    public void Backward_odd_lengths_equals_the_formula_and_short_y_throws()
    {
        var random = new Random(32);
        foreach (int length in (int[])[0, 1, 7, 16, 33])
        {
            float[] y = [.. Enumerable.Range(0, length).Select(_ => (random.NextSingle() * 2) - 1)], g = [.. y.Select(value => 3 - value)], expected = [.. y.Select((value, i) => g[i] * (1 - (value * value)))];
            Tanh.Backward(y, g);
            for (int i = 0; i < length; i++)
                Assert.Equal(expected[i], g[i], 1e-6f);
        }

        Assert.Throws<ArgumentException>(() => Tanh.Backward(new float[2], new float[3]));
    }

    private static float Of(float x)
    {
        float[] one = [x];
        Tanh.Apply<float>(one);
        return one[0];
    }
}
