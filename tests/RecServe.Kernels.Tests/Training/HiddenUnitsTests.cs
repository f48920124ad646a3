namespace RecServe.Kernels.Tests.Training;

public sealed class HiddenUnitsTests
{
    private const ulong Key = 0x1234_5678_9ABC_DEF0;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(17)]
    [InlineData(1025)]
    public void Forward_and_backward_equal_their_formulas(int width)
    {
        float[] z = Rows.Draw(width, 1), scale = Rows.Draw(width, 2), shift = Rows.Draw(width, 3), mean = Rows.Draw(width, 4);
        uint threshold = DropoutMask.Threshold(0.3f);
        float[] y = new float[width], dropped = new float[width];

        HiddenUnits.Forward(z, scale, shift, y);
        HiddenUnits.ForwardDropout(z, scale, shift, dropped, Key, 901, threshold, 1 / 0.7f);

        Assert.Equal(z.Select((v, i) => MathF.Max(0, (v * scale[i]) + shift[i])), y);
        Assert.Equal(y.Select((v, i) => DropoutMask.Keeps(Key, 901 + (uint)i, threshold) ? v * (1 / 0.7f) : 0), dropped);

        float[] g = Rows.Draw(width, 5), sum = Rows.Draw(width, 6), product = Rows.Draw(width, 7);
        float[] through = [.. g.Select((v, i) => dropped[i] > 0 ? v * (1 / 0.7f) : 0)];
        float[] plain = [.. g], plainSum = [.. sum], sums = [.. sum], products = [.. product];
        HiddenUnits.Backward(plain, dropped, 1 / 0.7f, plainSum);
        HiddenUnits.BackwardNormalized(g, dropped, z, mean, 1 / 0.7f, sums, products);

        Assert.Equal(through, plain);
        Assert.Equal(through, g);
        Assert.Equal(sum.Select((v, i) => v + through[i]), plainSum);
        Assert.Equal(plainSum, sums);
        Assert.Equal(product.Select((v, i) => v + (through[i] * (z[i] - mean[i]))), products);
    }

    [Theory]
    [InlineData(0.1f)]
    [InlineData(0.5f)]
    [InlineData(0.9f)]
    public void Mask_drops_its_rate_and_differs_by_key_and_index(float rate)
    {
        const int Count = 1_000_000;
        uint threshold = DropoutMask.Threshold(rate);
        int kept = 0, pairs = 0, same = 0;
        for (uint i = 0; i < Count; i++)
        {
            bool keeps = DropoutMask.Keeps(Key, i, threshold);
            kept += keeps ? 1 : 0;
            pairs += keeps && DropoutMask.Keeps(Key, i + 1, threshold) ? 1 : 0;
            same += keeps && DropoutMask.Keeps(Key + 1, i, threshold) ? 1 : 0;
        }

        // Five standard deviations of a fair mask; neighbours and masks of neighbouring keys are independent.
        double keep = 1 - rate, joint = keep * keep;
        Assert.InRange(kept, Count * keep - 5 * Math.Sqrt(Count * keep * rate), Count * keep + 5 * Math.Sqrt(Count * keep * rate));
        Assert.InRange(pairs, Count * joint - 10 * Math.Sqrt(Count * joint), Count * joint + 10 * Math.Sqrt(Count * joint));
        Assert.InRange(same, Count * joint - 10 * Math.Sqrt(Count * joint), Count * joint + 10 * Math.Sqrt(Count * joint));
    }
}
