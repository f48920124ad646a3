using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using RecServe.Api.Events;
using RecServe.Artifacts;
using RecServe.Features;
using RecServe.Stream;

namespace RecServe.Api.Tests;

/// <summary>Fields that are computed from events, over HTTP and over Kafka: a ranking shows what feedback has told, exactly as if the request had given the values.</summary>
public sealed class EventFeatureTests
{
    [Fact]
    public async Task A_ranking_with_the_token_of_feedback_reflects_it_as_if_the_request_gave_the_values()
    {
        await using TestServer server = await StartAsync(Package("item.ctr(1,5)/24h"));
        string ranking = await AssertRanksAsAsync(server, "", "[]", 0.2, 0.2);

        string token = await FeedbackAsync(server, ranking, ("e1", "i1", "impression", -9), ("e2", "i2", "impression", -8), ("e3", "i2", "click", -7), ("e4", "i1", "impression", -6), ("e5", "i7", "click", -5));
        Assert.Equal("events:0@0", token);
        await AssertRanksAsAsync(server, token, """["i7","i2"]""", 1.0 / 7, 2.0 / 6);

        // Sent again nothing is counted again; a later click on the same item only moves it to the front.
        token = await FeedbackAsync(server, ranking, ("e3", "i2", "click", -7), ("e6", "i2", "click", -1));
        await AssertRanksAsAsync(server, token, """["i2","i7"]""", 1.0 / 7, 3.0 / 6);

        JsonElement events = (await server.GetAsync("/v1/updates")).GetProperty("events");
        Assert.Equal(("local", 6, 1), (events.GetProperty("state").GetString(), events.GetProperty("accepted").GetInt32(), events.GetProperty("duplicate").GetInt32()));
        Assert.Contains("recserve_events_total{result=\"accepted\"} 6", await server.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_are_counted_by_the_category_that_the_package_gives_the_item()
    {
        // The first genre of items 1, 3 and 5 is action, that of item 2 is comedy.
        await using TestServer server = await StartAsync(Package("user*genres.clicks/24h"));
        string ranking = await AssertRanksAsAsync(server, "", "[]", 0, 0);
        string token = await FeedbackAsync(server, ranking, ("e1", "i3", "click", -9), ("e2", "i5", "click", -8), ("e3", "unknown", "click", -7));
        await AssertRanksAsAsync(server, token, """["unknown","i5","i3"]""", 2, 0);
    }

    [Fact]
    public async Task What_is_computed_comes_before_a_feature_row_and_after_the_request()
    {
        await using TestServer server = await StartAsync(Package("item.clicks/24h"));
        using var row = new StringContent("""{"features":{"price":9}}""", Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.OK, (await server.Client.PutAsync(new Uri("/v1/features/item/i1", UriKind.Relative), row)).StatusCode);
        string ranking = await AssertRanksAsAsync(server, "", "[]", 0, 0);
        await AssertRanksAsAsync(server, await FeedbackAsync(server, ranking, ("e1", "i1", "click", -9), ("e2", "i1", "click", -8)), """["i1"]""", 2, 0);
        JsonElement computed = await server.RankAsync(Request("", "", "", "")), given = await server.RankAsync(Request("", "", "", "9|0"));
        Assert.NotEqual(given.GetProperty("items").GetRawText(), computed.GetProperty("items").GetRawText());
    }

    [Fact]
    public async Task What_was_counted_outlives_the_server_that_has_a_store()
    {
        ModelPackage package = Package("item.clicks/24h");
        string folder = Directory.CreateTempSubdirectory("recserve-events-").FullName;
        try
        {
            await using (TestServer server = await StartAsync(package, options => options with { StoreDirectory = folder }))
                await FeedbackAsync(server, await AssertRanksAsAsync(server, "", "[]", 0, 0), ("e1", "i2", "click", -9), ("e2", "i2", "click", -8));
            await using TestServer again = await StartAsync(package, options => options with { StoreDirectory = folder });
            string ranking = await AssertRanksAsAsync(again, "events:0@0", """["i2"]""", 0, 2);
            Assert.Equal("events:0@1", await FeedbackAsync(again, ranking, ("e2", "i2", "click", -8)));
            await AssertRanksAsAsync(again, "events:0@1", """["i2"]""", 0, 2);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Feedback_of_an_unknown_ranking_counts_for_features_if_it_names_its_user()
    {
        await using TestServer server = await StartAsync(Package("item.clicks/24h"));
        const string Unknown = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
        (HttpStatusCode status, JsonElement answer) = await server.PostAsync("/v1/feedback",
            $$"""{"events":[{"event_id":"e1","ranking_id":"{{Unknown}}","item_id":"i1","type":"click"},{"event_id":"e2","ranking_id":"{{Unknown}}","item_id":"i2","type":"click","user_id":"u1"}]}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("""{"accepted":0,"duplicates":0,"late":0,"unknown_rankings":2,"token":"events:0@0"}""", answer.GetRawText());
        await AssertRanksAsAsync(server, "events:0@0", """["i2"]""", 0, 1);
    }

    [Fact]
    public async Task Counting_is_paused_and_resumed_by_request_and_health_says_so()
    {
        await using TestServer server = await StartAsync(Package("item.clicks/24h"));
        string ranking = await AssertRanksAsAsync(server, "", "[]", 0, 0);
        using (HttpResponseMessage paused = await server.Client.PostAsync("/v1/updates:pause?topic=events", null))
            Assert.Equal(HttpStatusCode.OK, paused.StatusCode);
        await TestServer.UntilAsync(() => server.Service<NodeEvents>().Consumer!.Measure().State == "paused");
        JsonElement health = await server.GetAsync("/health/ready");
        Assert.Equal(("degraded", "paused"), (health.GetProperty("status").GetString(), health.GetProperty("updates").GetProperty("events").GetProperty("state").GetString()));

        string token = await FeedbackAsync(server, ranking, ("e1", "i2", "click", -9));
        await AssertRanksAsAsync(server, "", "[]", 0, 0);
        using HttpResponseMessage resumed = await server.Client.PostAsync("/v1/updates:resume?topic=events&partition=0", null);
        Assert.Equal(HttpStatusCode.OK, resumed.StatusCode);
        await AssertRanksAsAsync(server, token, """["i2"]""", 0, 1);

        using HttpResponseMessage unknown = await server.Client.PostAsync("/v1/updates:pause?topic=event", null);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, unknown.StatusCode);
    }

    [Fact]
    public async Task Read_after_events_that_nobody_counts_is_409()
    {
        await using TestServer server = await TestServer.StartAsync([("m/1", TestMarket.Package("fm"))]);
        (HttpStatusCode status, JsonElement problem) = await server.PostAsync("/v1/rank", Request("events:0@0", ",\"deadline_ms\":50", "", ""));
        Assert.Equal((HttpStatusCode.Conflict, "/problems/not_fresh"), (status, problem.GetProperty("type").GetString()));
    }

    [KafkaFact]
    public async Task Over_kafka_every_server_counts_what_one_was_told()
    {
        using var broker = new LoopbackBroker();
        broker.Create("recserve.rows", 1);
        broker.Create("recserve.quarantine", 1);
        broker.Create("recserve.events", 4);
        ServingOptions Kafka(ServingOptions options) => options with { Kafka = broker.Servers, ReadAfterWaitMs = 30_000 };
        await using TestServer told = await StartAsync(Package("item.clicks/24h"), Kafka), other = await StartAsync(Package("item.clicks/24h"), Kafka);
        string ranking = await AssertRanksAsAsync(told, "", "[]", 0, 0);
        string token = await FeedbackAsync(told, ranking, ("e1", "i2", "click", -9));
        Assert.Matches("^events:[0-3]@0$", token);
        await AssertRanksAsAsync(told, token, """["i2"]""", 0, 1);
        await AssertRanksAsAsync(other, token, """["i2"]""", 0, 1);
    }

    /// <summary>The market's model, whose price and history are computed from events.</summary>
    private static ModelPackage Package(string price) => TestMarket.Package("deepfm") with
    {
        Schema = DataSchemaJson.ToElement(TestMarket.Schema with { Fields = [.. TestMarket.Schema.Fields.Select(field => field with
        {
            From = field.Name switch { "price" => Parse(price), "history" => Parse("user.last_clicks/3"), _ => null },
        })] }),
    };

    private static Task<TestServer> StartAsync(ModelPackage package, Func<ServingOptions, ServingOptions>? configure = null) =>
        TestServer.StartAsync([("m/1", package)], (options, _) => configure?.Invoke(options) ?? options);

    private static DerivedFeature Parse(string text)
    {
        Assert.Null(DerivedFeature.Parse(text, FieldSide.Item, out DerivedFeature? feature));
        return feature!;
    }

    /// <summary>Ranks by ids alone and with the values given; both must agree to the last digit. Gives the ranking's id.</summary>
    private static async Task<string> AssertRanksAsAsync(TestServer server, string readAfter, string history, double first, double second)
    {
        JsonElement computed = await server.RankAsync(Request(readAfter, "", "", ""));
        JsonElement given = await server.RankAsync(Request("", "", $$""","features":{"history":{{history}}}""", string.Create(CultureInfo.InvariantCulture, $$"""{{first:R}}|{{second:R}}""")));
        Assert.Equal(given.GetProperty("items").GetRawText(), computed.GetProperty("items").GetRawText());
        return computed.GetProperty("ranking_id").GetString()!;
    }

    private static string Request(string readAfter, string more, string user, string prices)
    {
        string[] price = prices.Length == 0 ? ["", ""] : [.. prices.Split('|').Select(one => $$""","features":{"price":{{one}}}""")];
        string token = readAfter.Length == 0 ? "" : $""","read_after":"{readAfter}" """;
        return $$"""{"user":{"id":"u1"{{user}}},"context":{"hour":20},"items":[{"id":"i1"{{price[0]}}},{"id":"i2"{{price[1]}}}]{{token}}{{more}}}""";
    }

    private static async Task<string> FeedbackAsync(TestServer server, string ranking, params (string Id, string Item, string Type, int Seconds)[] events)
    {
        // Times are those of one moment for all calls of a test, so that what is sent again carries the same.
        IEnumerable<string> texts = events.Select(one =>
            $$"""{"event_id":"{{one.Id}}","ranking_id":"{{ranking}}","item_id":"{{one.Item}}","type":"{{one.Type}}","time":{{Moment + (one.Seconds * 1000)}}}""");
        (HttpStatusCode status, JsonElement answer) = await server.PostAsync("/v1/feedback", $$"""{"events":[{{string.Join(",", texts)}}]}""");
        Assert.True(status == HttpStatusCode.OK, answer.GetRawText());
        return answer.GetProperty("token").GetString()!;
    }

    private static readonly long Moment = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
}
