using System.Text;
using System.Text.Json;

namespace RecServe.LoadGen.Tests;

public sealed class RankRequestsTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(17, 17)]
    [InlineData(500, 10_000)]
    public void Request_is_whole_and_its_candidates_differ(int candidates, int catalog)
    {
        var options = new LoadOptions { Url = new Uri("http://host:81"), Model = "ctr@2", Candidates = candidates, Catalog = catalog, K = 7 };
        var parts = Encoding.UTF8.GetString(new RankRequests(options)[3]).Split("\r\n\r\n");
        Assert.StartsWith("POST /v1/rank/ctr@2 HTTP/1.1\r\nHost: host:81\r\n", parts[0], StringComparison.Ordinal);
        Assert.EndsWith($"Content-Length: {Encoding.UTF8.GetByteCount(parts[1])}", parts[0], StringComparison.Ordinal);

        var body = JsonDocument.Parse(parts[1]).RootElement;
        Assert.Equal(7, body.GetProperty("k").GetInt32());
        Assert.StartsWith("u", body.GetProperty("user").GetProperty("id").GetString(), StringComparison.Ordinal);
        var ids = body.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!).ToArray();
        Assert.Equal(candidates, ids.Distinct().Count());
        Assert.All(ids, id => Assert.InRange(int.Parse(id[1..]), 0, catalog - 1));
    }

    [Fact]
    public void Zipf_draws_each_rank_as_often_as_it_should()
    {
        const int Draws = 200_000;
        var sampler = new ZipfSampler(4, slope: 1);
        var random = new Random(11);
        var counts = new int[4];
        for (var i = 0; i < Draws; i++)
        {
            counts[sampler.Next(random)]++;
        }

        // 1 + 1/2 + 1/3 + 1/4 = 25/12; the tolerance is five standard deviations.
        for (var rank = 0; rank < 4; rank++)
        {
            var share = 12.0 / 25 / (rank + 1);
            Assert.InRange(counts[rank] / (double)Draws, share - 5 * Math.Sqrt(share / Draws), share + 5 * Math.Sqrt(share / Draws));
        }
    }

    [Fact]
    public void Percentiles_are_nearest_rank()
    {
        var millisecond = System.Diagnostics.Stopwatch.Frequency / 1000;
        var percentiles = Percentiles.Of([.. Enumerable.Range(1, 1000).Reverse().Select(ms => ms * millisecond)]);
        Assert.Equal(new Percentiles(500, 990, 999, 1000), percentiles);
        Assert.Equal(new Percentiles(3, 3, 3, 3), Percentiles.Of([3 * millisecond]));
        Assert.True(double.IsNaN(Percentiles.Of([]).P50));
    }
}
