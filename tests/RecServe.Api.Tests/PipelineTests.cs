using System.Net;
using System.Text.Json;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using RecServe.Api.Feedback;
using RecServe.Api.Rank;
using RecServe.Features;

namespace RecServe.Api.Tests;

public sealed class PipelineTests
{
    // Measured 2026-01: see PipelineAllocations; the limit leaves room for the runtime's own bookkeeping, not for one object a candidate.
    private const long MostBytes = 4 * 1024;

    [Theory]
    [InlineData("deepfm", false)]
    [InlineData("dcnv2-parallel", false)]
    [InlineData("fm", true)]
    public async Task Pipeline_500_candidates_in_steady_state_allocate_a_bounded_few_bytes(string kind, bool features)
    {
        await using TestServer server = await TestServer.StartAsync([("m/1", TestMarket.Package(kind))], (options, _) => options with { RankingsRemembered = 16 });
        byte[] body = Body(500, features);
        var pipeline = server.Service<RankPipeline>();
        using var scratch = new RequestScratch();
        long bytes = PipelineAllocations.PerRequest(pipeline, body, scratch);
        Assert.InRange(bytes, 0, MostBytes);

        // Twice the candidates cost no byte more.
        long twice = PipelineAllocations.PerRequest(pipeline, Body(1000, features), scratch);
        Assert.InRange(twice, 0, bytes + 64);
    }

    [Fact]
    public async Task Pipeline_deadline_that_passes_is_504_at_every_stage()
    {
        for (int stage = 1; stage <= 7; stage++)
        {
            // The clock advances by 10 ms whenever it is read: the deadline passes at a stage that its length decides.
            var time = new FakeTimeProvider();
            await using TestServer server = await TestServer.StartAsync([("m/1", TestMarket.Package("fm"))], time: time);
            time.AutoAdvanceAmount = TimeSpan.FromMilliseconds(10);
            double deadline = (stage * 10) - 5;
            (HttpStatusCode status, JsonElement body) = await server.PostAsync("/v1/rank", $$"""{"deadline_ms":{{deadline}},"items":[{"id":"i1"}]}""");
            Assert.Equal(HttpStatusCode.GatewayTimeout, status);
            Assert.Equal("/problems/deadline_exceeded", body.GetProperty("type").GetString());
            Assert.Equal($"the ranking was not ready within deadline_ms = {deadline}", body.GetProperty("detail").GetString());
        }
    }

    [Fact]
    public async Task Pipeline_deadline_that_holds_is_answered()
    {
        var time = new FakeTimeProvider();
        await using TestServer server = await TestServer.StartAsync([("m/1", TestMarket.Package("fm"))], time: time);
        JsonElement answer = await server.RankAsync("""{"deadline_ms":0.5,"items":[{"id":"i1"}]}""");
        Assert.Equal(0, answer.GetProperty("took_ms").GetDouble());
    }

    [Fact]
    public void RankingId_survives_its_text_and_sorts_by_time()
    {
        var time = new FakeTimeProvider();
        RankingId first = RankingId.New(time);
        time.Advance(TimeSpan.FromMilliseconds(1));
        RankingId second = RankingId.New(time);
        Assert.True(string.CompareOrdinal(first.ToString(), second.ToString()) < 0);
        Assert.True(RankingId.TryParse(first.ToString(), out RankingId parsed));
        Assert.Equal(first, parsed);
        foreach (string bad in (string[])["", "8" + first.ToString()[1..], first.ToString()[1..], first.ToString().Replace('0', 'U'), first.ToString()[..25] + "é"])
            Assert.False(RankingId.TryParse(bad, out _));
    }

    [Fact]
    public void FeedbackStore_forgets_the_oldest_rankings_and_events_first()
    {
        var store = new FeedbackStore(new ServingOptions { RankingsRemembered = 2, EventsRemembered = 2 });
        VariantTally tally = store.TallyOf("e", "v");
        for (ulong n = 1; n <= 3; n++)
            store.AddRanking(new RankingId(n), [tally], 5);
        Assert.Equal(new FeedbackCounts(0, 0, 0, 1), store.Apply([Click(1, 1)], 0));
        Assert.Equal(new FeedbackCounts(3, 1, 0, 0), store.Apply([Click(1, 2), Click(2, 2), Click(2, 2), Click(3, 3)], 0));
        Assert.Equal(new FeedbackCounts(1, 1, 0, 0), store.Apply([Click(3, 3), Click(1, 2)], 0));
        VariantTally result = Assert.Single(store.Results("e"));
        Assert.Equal((3, 15, 4), (result.Rankings, result.Items, result.Events(InteractionType.Click)));

        static FeedbackEvent Click(ulong key, ulong ranking) => new(key, new RankingId(ranking), InteractionType.Click, 0);
    }

    [Fact]
    public void Feedback_later_than_the_window_is_told_apart_from_a_repetition()
    {
        var store = new FeedbackStore(new ServingOptions { FeedbackWindowSeconds = 60 });
        VariantTally tally = store.TallyOf("e", "v");
        var ranking = new RankingId((UInt128)1_000_000 << 80);
        store.AddRanking(ranking, [tally], 5);
        Assert.Equal(1_000_000, ranking.Time);
        Assert.Equal(new FeedbackCounts(1, 0, 1, 0), store.Apply([Event(1, 1_060_000), Event(2, 1_060_001)], 0));
        Assert.Equal(new FeedbackCounts(0, 1, 1, 0), store.Apply([Event(1, 1_060_001), Event(3, null)], 1_060_001));
        Assert.Equal(new FeedbackCounts(2, 0, 0, 0), store.Apply([Event(2, 1_000_000), Event(3, null)], 1_060_000));

        FeedbackEvent Event(ulong key, long? time) => new(key, ranking, InteractionType.Click, 0, Time: time);
    }

    private static byte[] Body(int candidates, bool features)
    {
        string more = features ? ""","features":{"genres":["sf","drama"],"price":3.5}""" : "";
        string items = string.Join(',', Enumerable.Range(0, candidates).Select(n => $$"""{"id":"item-{{n}}"{{more}}} """));
        return Encoding.UTF8.GetBytes($$"""{"user":{"id":"u1","features":{"history":["i1","i2","i3"]} },"context":{"hour":7,"age":30} ,"k":50,"items":[{{items}}]}""");
    }
}
