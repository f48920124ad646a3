namespace RecServe.Embeddings.Tests;

/// <summary>The short form of <c>recserve bench readers</c>, which runs for minutes.</summary>
[Collection(NativeMemoryTests.Name)]
public class ReadersBenchmarkTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Two_readers_beside_a_writer_see_no_torn_and_no_stale_row(bool cached)
    {
        // Few rows, so that readers and writer meet at the same ones all the time; the writer as fast as it can.
        var options = new ReadersBenchmarkOptions { Seconds = 3, Cached = cached, Rows = 4000, UpdatesPerSecond = 0, UpdateBatch = 200, Batch = 1000 };
        using var benchmark = new ReadersBenchmark(options);
        ReadersBenchmarkResult result = benchmark.Run(null, CancellationToken.None);
        Assert.Equal((0, 0), (result.Torn, result.Stale));
        Assert.True(result.RowsChecked > 1000 && result.Updates > 1000, result.ToString());
        Assert.Equal(cached, result.Promotions > 0);
        Assert.True(result.RowsPerSecondAlone > 0 && result.RowsPerSecondBesideWriter > 0 && result.UpdatesPerSecond > 0, result.ToString());
    }

    [Fact]
    public void StampedRow_tells_its_version_and_a_mix_of_two_shows()
    {
        float[] row = new float[StampedRow.Dim], other = new float[StampedRow.Dim];
        StampedRow.Write(17, 40_000_003, row);
        StampedRow.Write(17, 40_000_004, other);
        Assert.Equal(40_000_003, StampedRow.VersionOf(17, row));
        Assert.Equal(-1, StampedRow.VersionOf(18, row));
        for (int cut = 1; cut < StampedRow.Dim; cut++)
        {
            float[] mix = [.. row[..cut], .. other[cut..]];
            Assert.Equal(-1, StampedRow.VersionOf(17, mix));
        }
    }
}
