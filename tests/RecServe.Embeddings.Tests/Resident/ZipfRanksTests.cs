namespace RecServe.Embeddings.Tests;

public class ZipfRanksTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(0.8)]
    [InlineData(1)]
    [InlineData(1.05)]
    [InlineData(2)]
    public void Next_frequencies_follow_the_power_law(double exponent)
    {
        const int ranks = 50, draws = 400_000;
        var zipf = new ZipfRanks(ranks, exponent, 5);
        int[] counts = new int[ranks];
        for (int i = 0; i < draws; i++)
            counts[zipf.Next()]++;
        double total = Enumerable.Range(1, ranks).Sum(k => Math.Pow(k, -exponent));
        for (int k = 0; k < ranks; k++)
        {
            double expected = draws * Math.Pow(k + 1, -exponent) / total;
            Assert.Equal(expected, counts[k], 5 * Math.Sqrt(expected) + 1);
        }
    }
}
