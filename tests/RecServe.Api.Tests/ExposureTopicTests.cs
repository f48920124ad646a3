using System.Net;
using System.Text;
using System.Text.Json;
using RecServe.Features;
using RecServe.Stream;

namespace RecServe.Api.Tests;

/// <summary>A server with Kafka: every ranking is in the topic of exposures as it was answered, and feedback is in the topic of events.</summary>
public sealed class ExposureTopicTests
{
    private const string Definition = """{"key":"length","hashVersion":2,"weights":[0.5,0.5],"variations":[{"fields_off":[]},{"fields_off":[]}],"meta":[{"key":"control"},{"key":"treatment"}]}""";
    private const string Unknown = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

    [KafkaFact]
    public async Task Every_ranking_is_in_the_topic_as_it_was_answered()
    {
        using var broker = new LoopbackBroker();
        foreach ((string topic, int partitions) in (ReadOnlySpan<(string, int)>)[("recserve.rows", 1), ("recserve.features", 1), ("recserve.experiments", 1), ("recserve.quarantine", 1), ("recserve.exposures", 3)])
            broker.Create(topic, partitions);
        long began = Now;
        var answers = new Dictionary<string, (string User, JsonElement Answer)>();
        await using (TestServer server = await StartAsync(broker.Servers))
        {
            string token = await DefineAsync(server);
            for (int n = 0; n < 20; n++)
                await Rank($"u{n}", $$"""{"user":{"id":"u{{n}}"},"items":[{"id":"i1"},{"id":"größe"},{"id":"i2"}],"k":2,"read_after":"{{token}}"}""");
            await Rank("", """{"items":[{"id":"i3"}]}""");
            await Rank("u1", """{"user":{"id":"u1"},"items":[{"id":"i1"}],"overrides":{"experiments":{"length":"control"}}}""");
            JsonElement batch = await server.RankAsync("""{"requests":[{"user":{"id":"b1"},"items":[{"id":"i1"}]},{"user":{"id":"b2"},"items":[{"id":"i2"}]}]}""", "/v1/rank:batch");
            foreach ((JsonElement answer, int n) in batch.GetProperty("responses").EnumerateArray().Select((one, n) => (one.GetProperty("ranking"), n)))
                answers.Add(answer.GetProperty("ranking_id").GetString()!, ($"b{n + 1}", answer));

            JsonElement now;
            do
                now = (await server.GetAsync("/v1/updates")).GetProperty("exposures");
            while (now.GetProperty("waiting").GetInt32() > 0);
            Assert.Equal("""{"topic":"recserve.exposures","trouble":null,"written":24,"waiting":0,"dropped":0}""", now.GetRawText());
            string metrics = await server.Client.GetStringAsync("/metrics");
            Assert.Contains("recserve_exposures_written_total 24", metrics, StringComparison.Ordinal);
            Assert.Contains("recserve_exposures_dropped_total 0", metrics, StringComparison.Ordinal);

            async Task Rank(string user, string request)
            {
                JsonElement answer = await server.RankAsync(request);
                answers.Add(answer.GetProperty("ranking_id").GetString()!, (user, answer));
            }
        }

        List<UpdateMessage> messages = Read(broker, "recserve.exposures");
        Assert.Equal(answers.Count, messages.Count);
        foreach (UpdateMessage message in messages)
        {
            Assert.Null(ExposureCodec.Decode(message.Value.Span, new UpdateLimits(), out RankingExposure? exposure));
            Assert.True(answers.Remove(exposure!.RankingId, out (string User, JsonElement Answer) told), exposure.ToString());
            Assert.Equal(told.User, exposure.UserId);
            Assert.Equal(told.User.Length > 0 ? told.User : exposure.RankingId, Encoding.UTF8.GetString(message.Key.Span));
            Assert.InRange(exposure.Time, began, Now);
            Assert.Equal(("m", "1"), (exposure.Model, exposure.ModelVersion));
            Assert.Equal(told.Answer.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()), exposure.Items);

            // A forced variant has the chance 1 in the answer, and is not an exposure.
            Assert.Equal(told.Answer.GetProperty("experiments").EnumerateArray().Where(one => one.GetProperty("propensity").GetDouble() < 1)
                .Select(one => new ExposureVariant("length", one.GetProperty("variant").GetString()!, 0.5)), exposure.Variants);
        }
    }

    [KafkaFact]
    public async Task Feedback_is_in_the_topic_of_events_though_no_model_counts_it()
    {
        using var broker = new LoopbackBroker();
        broker.Create("recserve.events", 2);
        await using (TestServer server = await StartAsync(broker.Servers, options => options with { FeedbackWindowSeconds = 60 }))
        {
            string ranking = (await server.RankAsync("""{"user":{"id":"u7"},"items":[{"id":"i1"}]}""")).GetProperty("ranking_id").GetString()!;
            (HttpStatusCode status, JsonElement counts) = await server.PostAsync("/v1/feedback",
                $$"""{"events":[{"event_id":"e1","ranking_id":"{{ranking}}","item_id":"i1","type":"click","value":2.5},{"event_id":"e2","ranking_id":"{{Unknown}}","item_id":"i2","type":"like"},"""
                + $$"""{"event_id":"e3","ranking_id":"{{ranking}}","item_id":"i1","type":"purchase","time":{{Now + 120_000}}}]}""");
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Equal("""{"accepted":1,"duplicates":0,"late":1,"unknown_rankings":1}""", counts.GetRawText());
            string metrics = await server.Client.GetStringAsync("/metrics");
            Assert.All((string[])["accepted", "late", "unknown_ranking"], result => Assert.Contains($"recserve_feedback_total{{result=\"{result}\"}} 1", metrics, StringComparison.Ordinal));
        }

        // The server is gone, and what it was told is there.
        var events = new List<(string, string, UserEvent)>();
        foreach (UpdateMessage message in Read(broker, "recserve.events"))
        {
            Assert.Null(UserEventCodec.Decode(message.Value.Span, new UpdateLimits(), out IReadOnlyList<UserEvent> read, out _));
            events.AddRange(read.Select(one => (one.EventId, Encoding.UTF8.GetString(message.Key.Span), one)));
        }

        Assert.Equal([("e1", "u7", "u7", InteractionType.Click, 2.5), ("e2", "i2", "", InteractionType.Like, 0), ("e3", "u7", "u7", InteractionType.Purchase, 0)],
            events.OrderBy(one => one.Item1).Select(one => (one.Item1, one.Item2, one.Item3.UserId, one.Item3.Type, one.Item3.Value)));
    }

    [KafkaFact]
    public async Task Without_a_broker_rankings_go_on_and_exposures_wait()
    {
        await using TestServer server = await StartAsync("127.0.0.1:1");
        for (int n = 0; n < 3; n++)
            await server.RankAsync("""{"user":{"id":"u1"},"items":[{"id":"i1"}]}""");
        JsonElement now = (await server.GetAsync("/v1/updates")).GetProperty("exposures");
        Assert.Equal("""{"topic":"recserve.exposures","trouble":null,"written":0,"waiting":3,"dropped":0}""", now.GetRawText());
    }

    [KafkaFact]
    public async Task Without_a_topic_nothing_is_written()
    {
        await using TestServer server = await StartAsync("127.0.0.1:1", options => options with { ExposuresTopic = "" });
        await server.RankAsync("""{"items":[{"id":"i1"}]}""");
        Assert.False((await server.GetAsync("/v1/updates")).TryGetProperty("exposures", out _));
        Assert.DoesNotContain("recserve_exposures_written_total", await server.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    private static Task<TestServer> StartAsync(string servers, Func<ServingOptions, ServingOptions>? configure = null) => TestServer.StartAsync([("m/1", TestMarket.Package("fm"))],
        (options, _) =>
        {
            options = options with { Kafka = servers, ExperimentsWaitSeconds = servers == "127.0.0.1:1" ? 0 : 30, ReadAfterWaitMs = 30_000 };
            return configure?.Invoke(options) ?? options;
        });

    private static async Task<string> DefineAsync(TestServer server)
    {
        using var content = new StringContent(Definition, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await server.Client.PutAsync("/v1/experiments", content);
        return (await TestServer.BodyAsync(response)).GetProperty("token").GetString()!;
    }

    private static List<UpdateMessage> Read(LoopbackBroker broker, string topic)
    {
        using var source = new KafkaSource(new KafkaOptions { Servers = broker.Servers }, topic);
        return [.. new TopicReader(source, TimeSpan.FromMinutes(1)).Read(CancellationToken.None)];
    }
}
