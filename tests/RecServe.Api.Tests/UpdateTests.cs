using System.Diagnostics;
using System.Net;
using System.Text.Json;
using RecServe.Api.Experiments;
using RecServe.Api.Updates;
using RecServe.Artifacts;
using RecServe.Stream;

namespace RecServe.Api.Tests;

/// <summary>Rows that are replaced while the server ranks, over HTTP and over Kafka, and what rankings say of how fresh they are.</summary>
public sealed class UpdateTests
{
    private const string Request = """{"user":{"id":"u1"},"context":{"hour":20},"items":[{"id":"i1"},{"id":"i2"}]MORE}""";

    [Fact]
    public async Task Rows_applied_over_http_show_in_the_next_ranking_and_outlive_the_server()
    {
        ModelPackage package = TestMarket.Package("fm");
        string folder = Directory.CreateTempSubdirectory("recserve-updates-").FullName;
        try
        {
            string changed;
            await using (TestServer server = await StartAsync(package, options => options with { StoreDirectory = folder }))
            {
                string before = Items(await server.RankAsync(With("")));
                JsonElement written = await ApplyAsync(server, package, 7);
                Assert.Equal("""{"token":"rows:0@0","rows":1,"visible":true,"durable":"next_checkpoint"}""", written.GetRawText());
                JsonElement answer = await server.RankAsync(With(""","read_after":"rows:0@0" """));
                changed = Items(answer);
                Assert.NotEqual(before, changed);
                Assert.Equal("""{"name":"m","version":"1","staleness_ms":0,"applied":"rows:0@0"}""", answer.GetProperty("model").GetRawText());
                Assert.Equal("local", answer.GetProperty("quality").GetProperty("updates").GetString());
                Assert.Equal("rows:0@1", (await ApplyAsync(server, package, 7)).GetProperty("token").GetString());
                Assert.Equal((1, 1), await CountsAsync(server));
            }

            await using TestServer again = await StartAsync(package, options => options with { StoreDirectory = folder });
            Assert.Equal(changed, Items(await again.RankAsync(With(""","read_after":"rows:0@1" """))));
            Assert.Equal("rows:0@2", (await ApplyAsync(again, package, 8)).GetProperty("token").GetString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Read_after_an_update_that_does_not_come_is_409_at_the_deadline_alone_and_in_a_batch()
    {
        ModelPackage package = TestMarket.Package("fm");
        await using TestServer server = await StartAsync(package);
        await ApplyAsync(server, package, 1);
        var watch = Stopwatch.StartNew();

        (HttpStatusCode status, JsonElement problem) = await server.PostAsync("/v1/rank", With(""","read_after":"rows:0@1","deadline_ms":60"""));

        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Equal("/problems/not_fresh", problem.GetProperty("type").GetString());
        Assert.Equal("is rows:0@1, and this server has applied rows:0@0", problem.GetProperty("errors").GetProperty("read_after").GetString());
        Assert.True(watch.ElapsedMilliseconds >= 60);
        (_, JsonElement batch) = await server.PostAsync("/v1/rank:batch",
            $$"""{"requests":[{{With(""","read_after":"rows:0@0" """)}},{{With(""","read_after":"rows:7@1","deadline_ms":80""")}}]}""");
        Assert.Equal([200, 409], batch.GetProperty("responses").EnumerateArray().Select(answer => answer.GetProperty("status").GetInt32()));
    }

    [Fact]
    public async Task Read_after_waits_for_the_update_and_then_ranks_once()
    {
        ModelPackage package = TestMarket.Package("fm");
        await using TestServer server = await StartAsync(package);
        await ApplyAsync(server, package, 1);
        using (HttpResponseMessage paused = await server.Client.PostAsync("/v1/updates:pause", null))
            Assert.Equal(HttpStatusCode.OK, paused.StatusCode);
        await TestServer.UntilAsync(() => server.Service<NodeUpdates>().Consumer.Measure().State == "paused");
        JsonElement health = await server.GetAsync("/health/ready");
        Assert.Equal("degraded", health.GetProperty("status").GetString());
        Assert.Equal("paused", health.GetProperty("updates").GetProperty("shards")[0].GetProperty("state").GetString());
        Task<JsonElement> waiting = server.RankAsync(With(""","read_after":"rows:0@1","deadline_ms":30000,"request_id":"caf\u00e9" """));
        Assert.False((await ApplyAsync(server, package, 2)).GetProperty("visible").GetBoolean());
        Assert.False(waiting.IsCompleted);

        using HttpResponseMessage resumed = await server.Client.PostAsync("/v1/updates:resume?partition=0", null);

        JsonElement answer = await waiting;
        Assert.Equal("rows:0@1", answer.GetProperty("model").GetProperty("applied").GetString());
        Assert.Equal("café", answer.GetProperty("request_id").GetString());
        using HttpResponseMessage unknown = await server.Client.PostAsync("/v1/updates:resume?partition=9", null);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, unknown.StatusCode);
    }

    [Theory]
    [InlineData("other", "item", "[0,0,0,0,0]", "lineage")]
    [InlineData(null, "nothing", "[0,0,0,0,0]", "table")]
    [InlineData(null, "item", "[0,0]", "rows[0]")]
    [InlineData(null, "item", "[0,0,0,0,1e300]", "rows[0]")]
    public async Task Rows_that_cannot_be_are_refused_by_member(string? lineage, string table, string values, string member)
    {
        ModelPackage package = TestMarket.Package("fm");
        await using TestServer server = await StartAsync(package);

        (HttpStatusCode status, JsonElement problem) = await server.PostAsync("/v1/rows:apply",
            $$"""{"lineage":"{{lineage ?? package.Lineage}}","table":"{{table}}","producer":"p","rows":[{"id":"i1","version":1,"values":{{values}}}]}""");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal(member, Assert.Single(problem.GetProperty("errors").EnumerateObject()).Name);
    }

    [KafkaFact]
    public async Task Without_a_broker_the_server_starts_and_ranks_and_says_so()
    {
        ModelPackage package = TestMarket.Package("fm");
        await using TestServer server = await StartAsync(package, options => options with { Kafka = "127.0.0.1:1", ExperimentsWaitSeconds = 0 });

        JsonElement answer = await server.RankAsync(With(""","max_staleness_ms":100000"""));
        Assert.Equal("connecting", answer.GetProperty("quality").GetProperty("updates").GetString());
        Assert.Equal("none", answer.GetProperty("quality").GetProperty("degraded").GetString());
        await TestServer.UntilAsync(() => server.Service<NodeUpdates>().Freshness().StalenessMs > 5);
        answer = await server.RankAsync(With(""","max_staleness_ms":2"""));
        Assert.Equal("stale", answer.GetProperty("quality").GetProperty("degraded").GetString());
        JsonElement health = await server.GetAsync("/health/ready");
        Assert.Equal(("degraded", "connecting"), (health.GetProperty("status").GetString(), health.GetProperty("updates").GetProperty("state").GetString()));
        Assert.Equal("connecting", health.GetProperty("experiments").GetProperty("state").GetString());
        Assert.StartsWith("no broker", health.GetProperty("updates").GetProperty("trouble").GetString(), StringComparison.Ordinal);
        string metrics = await server.Client.GetStringAsync("/metrics");
        Assert.Contains("recserve_staleness_seconds{source=\"kafka\"}", metrics, StringComparison.Ordinal);
        Assert.Contains("recserve_degraded_total{reason=\"stale\"} 1", metrics, StringComparison.Ordinal);
    }

    [KafkaFact]
    public async Task With_a_broker_an_update_over_http_goes_through_its_log()
    {
        using var broker = new LoopbackBroker();
        broker.Create("recserve.rows", 4);
        broker.Create("recserve.quarantine", 1);
        ModelPackage package = TestMarket.Package("fm");
        await using TestServer server = await StartAsync(package, options => options with { Kafka = broker.Servers, ReadAfterWaitMs = 30_000 });

        JsonElement written = await ApplyAsync(server, package, 1);

        Assert.Equal(("kafka", true), (written.GetProperty("durable").GetString(), written.GetProperty("visible").GetBoolean()));
        string token = written.GetProperty("token").GetString()!;
        Assert.Matches("^rows:[0-3]@0$", token);
        Assert.Equal(token, (await server.RankAsync(With($$""","read_after":"{{token}}" """))).GetProperty("model").GetProperty("applied").GetString());
        await TestServer.UntilAsync(() => server.Service<NodeUpdates>().Consumer.Measure().State == "live");
        await TestServer.UntilAsync(() => server.Service<NodeExperiments>().IsSettled);
        Assert.Equal("ready", (await server.GetAsync("/health/ready")).GetProperty("status").GetString());
        Assert.Equal(4, (await server.GetAsync("/v1/updates")).GetProperty("shards").GetArrayLength());
        Assert.Contains("recserve_stream_lag{topic=\"recserve.rows\",partition=\"3\"} 0", await server.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [KafkaFact]
    public async Task Messages_that_the_log_deleted_before_they_were_applied_stop_their_partition_in_health_and_rankings_go_on()
    {
        using var broker = new LoopbackBroker();
        broker.Create("recserve.rows", 1);
        broker.Create("recserve.quarantine", 1);
        broker.Create("recserve.experiments", 1);
        ModelPackage package = TestMarket.Package("fm");
        string folder = Directory.CreateTempSubdirectory("recserve-updates-").FullName;
        Task<TestServer> StartOnAsync() => StartAsync(package, options => options with { Kafka = broker.Servers, StoreDirectory = folder, ReadAfterWaitMs = 30_000 });
        try
        {
            string changed;
            await using (TestServer server = await StartOnAsync())
            {
                Assert.Equal("rows:0@0", (await ApplyAsync(server, package, 1)).GetProperty("token").GetString());
                changed = Items(await server.RankAsync(With(""","read_after":"rows:0@0" """)));
            }

            // The broker keeps 5 MB a partition.
            using (var queue = new TopicSender(new KafkaTopicWriter(new KafkaOptions { Servers = broker.Servers }, "recserve.rows"), new TopicSenderOptions { LongestDrain = TimeSpan.FromMinutes(2) }))
            {
                for (int i = 0; i < 12; i++)
                    Assert.True(queue.TryAdd([], new byte[900_000]));
                queue.Drain();
                Assert.Equal(12, queue.Measure().Written);
            }

            await using TestServer again = await StartOnAsync();
            await TestServer.UntilAsync(() => again.Service<NodeUpdates>().Consumer.Measure().Shards.Count == 1 && again.Service<NodeExperiments>().IsSettled);
            JsonElement health = await again.GetAsync("/health/ready"), updates = health.GetProperty("updates"), shard = updates.GetProperty("shards")[0];
            Assert.Equal(("degraded", "offset_gap", "offset_gap"), (health.GetProperty("status").GetString(), updates.GetProperty("state").GetString(), shard.GetProperty("state").GetString()));
            Assert.Matches("^messages 1 to [1-9][0-9]? of recserve.rows partition 0 were deleted before they were applied$", shard.GetProperty("detail").GetString());
            JsonElement answer = await again.RankAsync(With(""));
            Assert.Equal((changed, "offset_gap"), (Items(answer), answer.GetProperty("quality").GetProperty("updates").GetString()));

            using HttpResponseMessage accepted = await again.Client.PostAsync("/v1/updates:resume?partition=0&accept_gap=true", null);
            Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
            await TestServer.UntilAsync(() => again.Service<NodeUpdates>().Consumer.Measure().State == "live");
            Assert.Equal("rows:0@13", (await ApplyAsync(again, package, 2)).GetProperty("token").GetString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Task<TestServer> StartAsync(ModelPackage package, Func<ServingOptions, ServingOptions>? configure = null) =>
        TestServer.StartAsync([("m/1", package)], (options, _) => configure?.Invoke(options) ?? options);

    private static string With(string more) => Request.Replace("MORE", more, StringComparison.Ordinal);

    private static string Items(JsonElement answer) => answer.GetProperty("items").GetRawText();

    private static async Task<(long Applied, long Stale)> CountsAsync(TestServer server)
    {
        JsonElement updates = await server.GetAsync("/v1/updates");
        return (updates.GetProperty("applied").GetInt64(), updates.GetProperty("stale").GetInt64());
    }

    private static async Task<JsonElement> ApplyAsync(TestServer server, ModelPackage package, long version)
    {
        (HttpStatusCode status, JsonElement written) = await server.PostAsync("/v1/rows:apply",
            $$"""{"lineage":"{{package.Lineage}}","table":"item","producer":"test","rows":[{"id":"i1","version":{{version}},"values":[0.1,0.2,0.1,0.2,{{version}}e-2]}]}""");
        Assert.True(status == HttpStatusCode.OK, written.GetRawText());
        return written;
    }
}
