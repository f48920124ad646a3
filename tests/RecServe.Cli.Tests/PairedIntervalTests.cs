using RecServe.Cli.Bench.Experts;

namespace RecServe.Cli.Tests;

public class PairedIntervalTests
{
    // From the usual tables of Student's t, two-sided 95 %.
    [Theory]
    [InlineData(1, 12.7062)]
    [InlineData(2, 4.3027)]
    [InlineData(3, 3.1824)]
    [InlineData(4, 2.7764)]
    [InlineData(9, 2.2622)]
    [InlineData(30, 2.0423)]
    [InlineData(99, 1.9842)]
    public void Quantile_is_that_of_the_tables(int degrees, double expected) => Assert.Equal(expected, PairedInterval.Quantile(degrees), 1e-4);

    [Fact]
    public void Interval_of_five_differences_by_hand()
    {
        PairedInterval interval = PairedInterval.Of([1, 2, 3, 4, 5]);
        Assert.Equal(3, interval.Mean);
        Assert.Equal(2.7764 * Math.Sqrt(2.5 / 5), interval.HalfWidth, 1e-4);
        Assert.Equal((3 - interval.HalfWidth, 3 + interval.HalfWidth), (interval.Low, interval.High));
        Assert.True(double.IsNaN(PairedInterval.Of([1]).HalfWidth));
    }
}
