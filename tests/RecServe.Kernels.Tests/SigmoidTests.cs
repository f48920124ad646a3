namespace RecServe.Kernels.Tests;

public class SigmoidTests
{
    [Fact]
    public void Apply_floats_of_every_exponent_is_within_4_ulp()
    {
        double worst = 0;
        for (long bits = 0; bits < uint.MaxValue; bits += 65_537)
        {
            float x = BitConverter.UInt32BitsToSingle((uint)bits);
            double exact = 1 / (1 + Math.Exp(-(double)x));
            if (float.IsNaN(x) || exact < 1.2e-38)
                continue;
            double ulp = MathF.BitIncrement((float)exact) - (float)exact;
            worst = Math.Max(worst, Math.Abs(Sigmoid.Of(x) - exact) / ulp);
        }

        Assert.InRange(worst, 0.1, 4);
    }

    [Theory]
    [InlineData(float.NegativeInfinity, 0)]
    [InlineData(-3e38f, 0)]
    [InlineData(0, 0.5f)]
    [InlineData(-0f, 0.5f)]
    [InlineData(3e38f, 1)]
    [InlineData(float.PositiveInfinity, 1)]
    public void Of_extremes_is_safe(float x, float expected) => Assert.Equal(expected, Sigmoid.Of(x));

    [Fact]
    public void Of_nan_is_nan() => Assert.True(float.IsNaN(Sigmoid.Of(float.NaN)));

    [Fact]
    public void Apply_odd_lengths_equals_one_by_one_and_stays_inside()
    {
        var random = new Random(31);
        foreach (int length in (int[])[0, 1, 7, 8, 17, 1025])
        {
            float[] x = [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() * 40 - 20)];
            float[] y = new float[length + 1];
            y[length] = 123;
            Sigmoid.Apply(x, y);
            Assert.Equal(x.Select(Sigmoid.Of), y[..length]);
            Assert.Equal(123, y[length]);
            Sigmoid.Apply(x, x);
            Assert.Equal(y[..length], x);
        }
    }

    [Fact]
    public void Apply_short_target_throws() => Assert.Throws<ArgumentException>(() => Sigmoid.Apply(new float[3], new float[2]));
}
