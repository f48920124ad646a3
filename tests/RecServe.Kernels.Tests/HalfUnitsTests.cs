namespace RecServe.Kernels.Tests;

public class HalfUnitsTests
{
    [Fact]
    public void TryEncode_and_AddRelu_odd_sizes_equal_the_frameworks_conversion()
    {
        var random = new Random(61);
        foreach (int n in (int[])[0, 1, 7, 8, 9, 15, 16, 17, 31, 33, 100])
        {
            float[] x = [.. Enumerable.Range(0, n).Select(i => (random.NextSingle() - 0.5f) * MathF.Pow(10, random.Next(-8, 5)))];
            float[] bias = [.. x.Select(_ => random.NextSingle() - 0.5f)];
            var halves = new ushort[n + 1];
            var y = new float[n];
            Assert.True(HalfUnits.TryEncode(x, halves));
            HalfUnits.AddRelu(halves, bias, y);
            for (int i = 0; i < n; i++)
            {
                Assert.Equal(BitConverter.HalfToUInt16Bits((Half)x[i]), halves[i]);
                Assert.Equal(MathF.Max(0, (float)(Half)x[i] + bias[i]), y[i]);
            }

            Assert.Equal(0, halves[n]);
        }
    }

    [Theory]
    [InlineData(65_520f)]
    [InlineData(-1e9f)]
    [InlineData(float.NaN)]
    public void TryEncode_number_that_does_not_fit_says_so(float value)
    {
        Assert.True(HalfUnits.TryEncode([1, 65_504, 2], new ushort[3]));
        Assert.False(HalfUnits.TryEncode([1, value, 2], new ushort[3]));
    }

    [Fact]
    public void AddRelu_short_spans_throws()
    {
        Assert.Throws<ArgumentException>(() => HalfUnits.TryEncode(new float[3], new ushort[2]));
        Assert.Throws<ArgumentException>(() => HalfUnits.AddRelu(new ushort[2], new float[3], new float[3]));
        Assert.Throws<ArgumentException>(() => HalfUnits.AddRelu(new ushort[3], new float[2], new float[3]));
    }
}
