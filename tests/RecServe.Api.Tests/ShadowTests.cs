using System.Globalization;
using System.Text.Json;
using RecServe.Api.Shadow;
using RecServe.Artifacts;

namespace RecServe.Api.Tests;

/// <summary>Live requests scored once more by another version.</summary>
public sealed class ShadowTests
{
    [Fact]
    public void Drift_figures_are_those_of_their_definitions()
    {
        var drift = new ShadowDrift();
        Assert.Null(drift.Read());
        drift.Add([1, 2, 3, 4], [1, 2.5f, 2, 4], 2); // ranks 1 2 3 4 and 1 3 2 4: 1 − 6·2/60; top two {4, 3} and {4, 2.5}
        drift.Add([5], [6], 1);
        ShadowFigures figures = drift.Read()!;
        Assert.Equal((0 + 0.5 + 1 + 0 + 1) / 5, figures.MeanDifference, 6);
        Assert.Equal(1, figures.P99Difference, 6);
        Assert.Equal(0.8, figures.RankCorrelation, 6);
        Assert.Equal((0.5 + 1) / 2, figures.TopOverlap, 6);

        for (int request = 0; request < 40_000; request++)
            drift.Add([0, 1], [0, 1], 1);
        Assert.Equal(new ShadowFigures(0, 0, 1, 1), drift.Read());
    }

    [Theory]
    [InlineData(1, 99), InlineData(5, 19), InlineData(50, 1), InlineData(100, 0)]
    public void Rest_keeps_the_work_under_its_share(int percent, double times) =>
        Assert.Equal(10 * times, ShadowSampler.RestAfter(TimeSpan.FromMilliseconds(10), percent).TotalMilliseconds, 1e-6);

    [Fact]
    public async Task Shadow_tells_how_far_the_scores_of_both_versions_are_apart()
    {
        await using TestServer server = await StartAsync(options => options with { Shadow = "ctr@1", ShadowPercent = 100, ShadowCpuPercent = 100 });
        const int Requests = 20;
        var differences = new List<double>();
        int overlap = 0;
        for (int r = 0; r < Requests; r++)
        {
            // An escaped id: parsing changes the body in place, and the shadow must see it as it came.
            string body = $$$"""{"user":{"id":"\u0075{{{r % 5}}}"},"context":{"hour":{{{r}}}},"items":[{"id":"i1"},{"id":"i\u0032"},{"id":"i3"},{"id":"i4"}],"exclude":["i3"],"k":2,"overrides":{"fields_off":["price"]}}""";
            Dictionary<string, double> served = Logits(await server.RankAsync(body)), other = Logits(await server.RankAsync(body.Replace("\"k\":2", "\"k\":3", StringComparison.Ordinal), "/v1/rank/ctr@1"));
            Dictionary<string, double> all = Logits(await server.RankAsync(body.Replace("\"k\":2", "\"k\":3", StringComparison.Ordinal), "/v1/rank/ctr@2"));
            differences.AddRange(all.Select(item => Math.Abs(item.Value - other[item.Key])));
            overlap += served.Keys.Intersect(other.OrderByDescending(item => item.Value).Take(2).Select(item => item.Key)).Count();
        }

        // Requests that name version 2 are shadowed too, with all three items returned; those that version 1 answers are not compared with itself.
        string metrics = "";
        await TestServer.UntilAsync(() => (metrics = server.Client.GetStringAsync("/metrics").Result).Contains("recserve_shadow_requests_total{shadow=\"ctr@1\",result=\"scored\"} 40", StringComparison.Ordinal));
        Assert.Equal(differences.Average(), Value(metrics, "recserve_shadow_logit_difference{model=\"ctr@2\",shadow=\"ctr@1\",statistic=\"mean\"}"), 1e-4);
        Assert.Equal(differences.Order().ElementAt((int)Math.Ceiling(0.99 * differences.Count) - 1), Value(metrics, "recserve_shadow_logit_difference{model=\"ctr@2\",shadow=\"ctr@1\",statistic=\"p99\"}"), 1e-3);
        Assert.Equal(((overlap / 2.0) + Requests) / (2 * Requests), Value(metrics, "recserve_shadow_top_k_overlap{model=\"ctr@2\",shadow=\"ctr@1\"}"), 1e-9);
        Assert.InRange(Value(metrics, "recserve_shadow_rank_correlation{model=\"ctr@2\",shadow=\"ctr@1\"}"), -1, 1);
        Assert.True(differences.Average() > 0.01);
    }

    [Fact]
    public async Task A_full_queue_drops_samples_and_delays_no_request()
    {
        await using TestServer server = await StartAsync(options => options with { Shadow = "ctr@1", ShadowPercent = 100, ShadowCpuPercent = 1, ShadowQueue = 1 });
        for (int r = 0; r < 200; r++)
            await server.RankAsync("""{"user":{"id":"u1"},"items":[{"id":"i1"},{"id":"i2"}]}""");
        string metrics = await server.Client.GetStringAsync("/metrics");
        Assert.True(Value(metrics, "recserve_shadow_requests_total{shadow=\"ctr@1\",result=\"queue_full\"}") > 0);
    }

    [Fact]
    public async Task Without_a_shadow_nothing_is_sampled()
    {
        await using TestServer server = await StartAsync(options => options);
        await server.RankAsync("""{"items":[{"id":"i1"}]}""");
        Assert.DoesNotContain("shadow", await server.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
        Assert.Null(server.Service<ShadowSampler>().Take([1]));
    }

    [Theory]
    [InlineData("ctr", "the shadow 'ctr' names no version; write it as name@version")]
    [InlineData("ctr@7", "the shadow 'ctr@7' cannot be used: model 'ctr' has no version '7'; the versions are: 2, 1")]
    public async Task A_shadow_that_is_not_served_is_refused_at_the_start(string shadow, string message) =>
        Assert.Equal(message, (await Assert.ThrowsAsync<ServingException>(() => StartAsync(options => options with { Shadow = shadow }))).Message);

    private static Task<TestServer> StartAsync(Func<ServingOptions, ServingOptions> configure)
    {
        ModelPackage first = TestMarket.Package("mlp", seed: 1);
        return TestServer.StartAsync([("ctr/1", first), ("ctr/2", TestMarket.Package("mlp", seed: 2) with { Lineage = first.Lineage })], (options, _) => configure(options));
    }

    private static Dictionary<string, double> Logits(JsonElement answer) => answer.GetProperty("items").EnumerateArray()
        .ToDictionary(item => item.GetProperty("id").GetString()!, item => Math.Log(item.GetProperty("score").GetDouble() / (1 - item.GetProperty("score").GetDouble())));

    private static double Value(string metrics, string series) =>
        double.Parse(metrics.Split('\n').Single(line => line.StartsWith(series + " ", StringComparison.Ordinal))[(series.Length + 1)..], CultureInfo.InvariantCulture);
}
