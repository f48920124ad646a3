using System.Net;
using System.Text;
using System.Text.Json;
using RecServe.Api.Experiments;
using RecServe.Stream;

namespace RecServe.Api.Tests;

/// <summary>Experiments that are defined, paused and removed while the server ranks: over HTTP alone, and by the topic that every replica follows.</summary>
public sealed class ExperimentWritesTests
{
    private const string Definition = """{"key":"ranker-v2","feature":"ranker","hashVersion":2,"weights":[0.5,0.5],"variations":[{"model":"a"},{"model":"b"}],"meta":[{"key":"control"},{"key":"treatment"}]}""";

    [Fact]
    public async Task Experiment_is_defined_paused_widened_and_removed_over_http_and_outlives_the_server()
    {
        string folder = Directory.CreateTempSubdirectory("recserve-experiments-").FullName;
        try
        {
            await using (TestServer server = await StartAsync(options => options with { StoreDirectory = folder }))
            {
                Assert.Empty(await VariantsAsync(server, "user-1"));
                Assert.Equal("""{"key":"ranker-v2","token":"experiments:0@0","visible":true,"durable":"file"}""", (await WriteAsync(server, HttpMethod.Put, "/v1/experiments", Definition)).GetRawText());
                Assert.Equal(["ranker-v2=treatment b"], await VariantsAsync(server, "user-1", ""","read_after":"experiments:0@0" """));
                JsonElement listed = Assert.Single((await server.GetAsync("/v1/experiments")).GetProperty("experiments").EnumerateArray());
                Assert.Equal(("published", true, 1.0), (listed.GetProperty("source").GetString(), listed.GetProperty("active").GetBoolean(), listed.GetProperty("coverage").GetDouble()));
                Assert.Equal(Definition, listed.GetProperty("definition").GetRawText());

                await WriteAsync(server, HttpMethod.Patch, "/v1/experiments/ranker-v2", """{"active":false}""");
                Assert.Empty(await VariantsAsync(server, "user-1"));
            }

            await using TestServer again = await StartAsync(options => options with { StoreDirectory = folder });
            Assert.Empty(await VariantsAsync(again, "user-1"));
            Assert.False((await again.GetAsync("/v1/experiments")).GetProperty("experiments")[0].GetProperty("active").GetBoolean());
            Assert.Equal("experiments:0@2", (await WriteAsync(again, HttpMethod.Patch, "/v1/experiments/ranker-v2", """{"active":true,"coverage":0}""")).GetProperty("token").GetString());
            Assert.Empty(await VariantsAsync(again, "user-1"));
            await WriteAsync(again, HttpMethod.Patch, "/v1/experiments/ranker-v2", """{"coverage":1}""");
            Assert.Equal(["ranker-v2=treatment b"], await VariantsAsync(again, "user-1"));
            await WriteAsync(again, HttpMethod.Delete, "/v1/experiments/ranker-v2", null);
            Assert.Empty((await again.GetAsync("/v1/experiments")).GetProperty("experiments").EnumerateArray());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Experiment_of_the_file_is_paused_and_comes_back_when_the_definition_is_removed()
    {
        await using TestServer server = await TestServer.StartAsync([("a/1", TestMarket.Package("lr")), ("b/1", TestMarket.Package("fm"))], (options, root) =>
        {
            File.WriteAllText(Path.Combine(root, "e.json"), """{"features":{"ranker":{"defaultValue":{"model":"a"},"rules":[{"key":"ranker-v2","hashVersion":2,"variations":[{"model":"a"},{"model":"b"}]}]}}}""");
            return options with { ExperimentsFile = Path.Combine(root, "e.json") };
        });
        Assert.Equal(["ranker-v2=1 b"], await VariantsAsync(server, "user-1"));
        using HttpResponseMessage refused = await server.Client.DeleteAsync("/v1/experiments/ranker-v2");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);

        JsonElement written = await WriteAsync(server, HttpMethod.Patch, "/v1/experiments/ranker-v2", """{"active":false}""");
        Assert.Equal("no", written.GetProperty("durable").GetString());
        Assert.Empty(await VariantsAsync(server, "user-1"));
        await WriteAsync(server, HttpMethod.Delete, "/v1/experiments/ranker-v2", null);

        Assert.Equal(["ranker-v2=1 b"], await VariantsAsync(server, "user-1"));
        Assert.Equal("file", (await server.GetAsync("/v1/experiments")).GetProperty("experiments")[0].GetProperty("source").GetString());
    }

    [Theory]
    [InlineData("PUT", "", "{", 400, "malformed_json", null)]
    [InlineData("PUT", "", "[]", 422, "invalid_request", null)]
    [InlineData("PUT", "", """{"variations":[1,2]}""", 422, "invalid_request", null)]
    [InlineData("PUT", "", """{"key":"k","variations":[1,2],"weights":[0.5,0.6]}""", 422, "invalid_request", "weights")]
    [InlineData("PUT", "", """{"key":"k","variations":[{"model":"gone"},2]}""", 422, "invalid_request", "variations")]
    [InlineData("PATCH", "/other", """{"active":false}""", 404, "unknown_experiment", null)]
    [InlineData("PATCH", "/ranker-v2", """{"active":1}""", 422, "invalid_request", "active")]
    [InlineData("PATCH", "/ranker-v2", """{"coverage":2}""", 422, "invalid_request", "coverage")]
    [InlineData("PATCH", "/ranker-v2", """{"weights":[1,0]}""", 422, "invalid_request", "weights")]
    [InlineData("PATCH", "/ranker-v2", "{}", 422, "invalid_request", null)]
    [InlineData("PATCH", "/ranker-v2", "nul", 400, "malformed_json", null)]
    [InlineData("DELETE", "/other", null, 404, "unknown_experiment", null)]
    public async Task Write_that_cannot_be_followed_is_refused_and_changes_nothing(string method, string path, string? body, int status, string slug, string? member)
    {
        await using TestServer server = await StartAsync();
        await WriteAsync(server, HttpMethod.Put, "/v1/experiments", Definition);

        using HttpResponseMessage response = await SendAsync(server, new HttpMethod(method), "/v1/experiments" + path, body);

        JsonElement problem = await TestServer.BodyAsync(response);
        Assert.Equal((status, $"/problems/{slug}"), ((int)response.StatusCode, problem.GetProperty("type").GetString()));
        Assert.Equal(member, problem.TryGetProperty("errors", out JsonElement errors) ? errors.EnumerateObject().Single().Name : null);
        Assert.Equal(["ranker-v2=treatment b"], await VariantsAsync(server, "user-1"));
    }

    [Fact]
    public async Task Definition_over_the_limit_is_413()
    {
        await using TestServer server = await StartAsync();
        using HttpResponseMessage response = await SendAsync(server, HttpMethod.Put, "/v1/experiments", new string(' ', (256 << 10) + 1));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [KafkaFact]
    public async Task Every_replica_follows_a_definition_that_one_of_them_was_given()
    {
        using var broker = new LoopbackBroker();
        broker.Create("recserve.rows", 2);
        broker.Create("recserve.experiments", 1);
        broker.Create("recserve.quarantine", 1);
        await using TestServer first = await StartAsync(options => options with { Kafka = broker.Servers, ReadAfterWaitMs = 30_000 });
        await using TestServer second = await StartAsync(options => options with { Kafka = broker.Servers, ReadAfterWaitMs = 30_000 });
        await TestServer.UntilAsync(() => first.Service<NodeExperiments>().Consumer.IsRead && second.Service<NodeExperiments>().Consumer.IsRead);
        Assert.Empty(await VariantsAsync(second, "user-1"));

        JsonElement written = await WriteAsync(first, HttpMethod.Put, "/v1/experiments", Definition);
        Assert.Equal(("kafka", true), (written.GetProperty("durable").GetString(), written.GetProperty("visible").GetBoolean()));
        string after = $$""","read_after":"{{written.GetProperty("token").GetString()}}" """;
        for (int user = 0; user < 20; user++)
            Assert.Equal(await VariantsAsync(first, $"user-{user}", after), await VariantsAsync(second, $"user-{user}", after));
        Assert.Equal(["ranker-v2=treatment b"], await VariantsAsync(second, "user-1", after));

        // Pauses by one, is seen by the other; a definition that comes by Kafka and would not be followed leaves that in force and goes to the quarantine.
        written = await WriteAsync(second, HttpMethod.Patch, "/v1/experiments/ranker-v2", """{"active":false}""");
        Assert.Empty(await VariantsAsync(first, "user-1", $$""","read_after":"{{written.GetProperty("token").GetString()}}" """));
        using (var publisher = new KafkaPublisher(new KafkaOptions { Servers = broker.Servers }, "recserve.experiments"))
            await publisher.PublishAsync("ranker-v2"u8.ToArray(), """{"variations":[1]}"""u8.ToArray());
        await TestServer.UntilAsync(() => first.Service<NodeExperiments>().Consumer.Measure().Refused == 1);
        Assert.Empty(await VariantsAsync(first, "user-1"));
        JsonElement health = await first.GetAsync("/health/ready");
        Assert.Equal(("live", 1, 1L), (health.GetProperty("experiments").GetProperty("state").GetString(), health.GetProperty("experiments").GetProperty("definitions").GetInt32(),
            health.GetProperty("experiments").GetProperty("refused").GetInt64()));
        Assert.Contains("recserve_experiment_messages_total{result=\"refused\"} 1", await first.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [KafkaFact]
    public async Task Without_a_broker_the_last_known_experiments_are_in_force_and_the_server_says_so()
    {
        string folder = Directory.CreateTempSubdirectory("recserve-experiments-").FullName;
        try
        {
            var broker = new LoopbackBroker();
            broker.Create("recserve.experiments", 1);
            string servers = broker.Servers;
            await using (TestServer server = await StartAsync(options => options with { Kafka = servers, StoreDirectory = folder, ReadAfterWaitMs = 30_000 }))
            {
                Assert.True((await WriteAsync(server, HttpMethod.Put, "/v1/experiments", Definition)).GetProperty("visible").GetBoolean());
                await TestServer.UntilAsync(() => server.Service<NodeExperiments>().Consumer.Measure().IsSaved);
            }

            broker.Dispose();
            await using TestServer again = await StartAsync(options => options with { Kafka = servers, StoreDirectory = folder, ExperimentsWaitSeconds = 1 });
            Assert.Equal(["ranker-v2=treatment b"], await VariantsAsync(again, "user-1"));
            JsonElement ready;
            do
                ready = await TestServer.BodyAsync(await again.Client.GetAsync("/health/ready"));
            while (ready.GetProperty("status").GetString() == "starting");
            Assert.Equal("degraded", ready.GetProperty("status").GetString());
            Assert.Equal("last_known", ready.GetProperty("experiments").GetProperty("state").GetString());
            Assert.Equal(1, ready.GetProperty("experiments").GetProperty("definitions").GetInt32());
            using HttpResponseMessage refused = await SendAsync(again, HttpMethod.Patch, "/v1/experiments/ranker-v2", """{"active":false}""");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Task<TestServer> StartAsync(Func<ServingOptions, ServingOptions>? configure = null) =>
        TestServer.StartAsync([("a/1", TestMarket.Package("lr")), ("b/1", TestMarket.Package("fm"))], (options, _) => configure?.Invoke(options) ?? options);

    /// <summary>A user's variants and the model that ranked, as <c>experiment=variant model</c>.</summary>
    private static async Task<string[]> VariantsAsync(TestServer server, string user, string more = "")
    {
        JsonElement answer = await server.RankAsync($$"""{"user":{"id":"{{user}}"},"items":[{"id":"i1"}]{{more}}}""");
        return [.. answer.GetProperty("experiments").EnumerateArray().Select(e => $"{e.GetProperty("key").GetString()}={e.GetProperty("variant").GetString()} {answer.GetProperty("model").GetProperty("name").GetString()}")];
    }

    private static async Task<JsonElement> WriteAsync(TestServer server, HttpMethod method, string path, string? body)
    {
        using HttpResponseMessage response = await SendAsync(server, method, path, body);
        JsonElement written = await TestServer.BodyAsync(response);
        Assert.True(response.StatusCode == HttpStatusCode.OK, written.GetRawText());
        return written;
    }

    private static async Task<HttpResponseMessage> SendAsync(TestServer server, HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        return await server.Client.SendAsync(request);
    }
}
