namespace RecServe.Kernels.Tests;

public class HugePagesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData((2 << 20) + 5)]
    public void Touch_leaves_zeros_that_can_be_written(int length)
    {
        var floats = new AlignedFloats(length);
        floats.Span.Fill(7);
        HugePages.Touch(floats);
        Assert.Equal(-1, floats.Span.IndexOfAnyExcept(0f));
        floats.Span.Fill(1);
        Assert.Equal(-1, floats.Span.IndexOfAnyExcept(1f));
    }
}
