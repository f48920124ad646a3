namespace RecServe.Embeddings.Tests;

[Collection(NativeMemoryTests.Name)]
public class EvictionBenchmarkTests
{
    [Theory]
    [InlineData(0.8)]
    [InlineData(1.05)]
    public void Cached_table_keeps_more_of_what_is_asked_for_than_lru_and_clock_on_zipf(double skew) =>
        Check(AccessTrace.Zipf(100_000, 500_000, skew, 3));

    [AnimeTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Cached_table_keeps_more_of_what_is_asked_for_than_lru_and_clock_on_the_anime_trace(bool shuffled)
    {
        AccessTrace trace = AnimeTrace.Read();
        Assert.Equal((7390, 520_609), (trace.Keys, trace.Accesses.Length));
        Check(shuffled ? trace.Shuffled(1) : trace);
    }

    private static void Check(AccessTrace trace)
    {
        foreach (EvictionFigures figures in EvictionBenchmark.Run(trace, [1, 5, 20], seed: 1, null, CancellationToken.None))
        {
            Assert.True(figures.Cached > figures.Lru && figures.Cached > figures.Clock, figures.ToString());
            Assert.True(figures.Optimum > new[] { figures.Cached, figures.Sieve, figures.S3Fifo, figures.TinyLfu }.Max(), figures.ToString());
        }
    }
}
