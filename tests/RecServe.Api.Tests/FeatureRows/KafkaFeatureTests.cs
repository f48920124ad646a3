using System.Net;
using System.Text;
using System.Text.Json;
using RecServe.Api.Experiments;
using RecServe.Api.Updates;
using RecServe.Stream;

namespace RecServe.Api.Tests.FeatureRows;

/// <summary>Two servers that share what they know of users and items by a topic.</summary>
public sealed class KafkaFeatureTests
{
    private const string Topic = "recserve.features";

    [KafkaFact]
    public async Task Row_that_is_put_on_one_server_is_in_the_rankings_of_the_other_and_of_one_that_starts_later()
    {
        using var broker = new LoopbackBroker();
        broker.Create("recserve.rows", 1);
        broker.Create(Topic, 3);
        broker.Create("recserve.experiments", 1);
        broker.Create("recserve.quarantine", 1);
        await using TestServer first = await StartAsync(broker), second = await StartAsync(broker);
        const string given = """{"user":{"id":"u9","features":{"country":"FR"}},"items":[{"id":"i1"},{"id":"i2"}]}""";
        string expected = Items(await second.RankAsync(given));
        const string byId = """{"user":{"id":"u9"},"items":[{"id":"i1"},{"id":"i2"}],"read_after":"TOKEN","deadline_ms":30000}""";

        JsonElement written = await PutAsync(first, """{"version":7,"features":{"country":"FR"}}""");

        Assert.Equal(("stored", true), (written.GetProperty("result").GetString(), written.GetProperty("visible").GetBoolean()));
        string token = written.GetProperty("token").GetString()!;
        Assert.Matches("^features:[0-2]@0$", token);
        JsonElement answer = await second.RankAsync(byId.Replace("TOKEN", token, StringComparison.Ordinal));
        Assert.Equal(expected, Items(answer));
        Assert.Contains(token, answer.GetProperty("model").GetProperty("applied").GetString(), StringComparison.Ordinal);

        (HttpStatusCode status, _) = await TryPutAsync(second, """{"version":7,"features":{"country":"DE"}}""");
        Assert.Equal(HttpStatusCode.Conflict, status);
        (status, JsonElement batch) = await second.PostAsync("/v1/features:batch", """{"rows":[{"entity":"user","id":"u9","version":7,"features":{}},{"entity":"user","id":"u8","version":1,"features":{}}]}""");
        Assert.Equal((HttpStatusCode.OK, 1, 1), (status, batch.GetProperty("applied").GetInt32(), batch.GetProperty("stale").GetInt32()));

        await using TestServer late = await StartAsync(broker);
        await TestServer.UntilAsync(() => late.Service<NodeUpdates>().Features!.HasCaughtUp && late.Service<NodeExperiments>().IsSettled);
        Assert.Equal(expected, Items(await late.RankAsync(byId.Replace("TOKEN", token, StringComparison.Ordinal))));
        Assert.Equal("ready", (await late.GetAsync("/health/ready")).GetProperty("status").GetString());
        JsonElement features = (await late.GetAsync("/v1/updates")).GetProperty("features");
        Assert.Equal((Topic, "live", 3), (features.GetProperty("topic").GetString(), features.GetProperty("state").GetString(), features.GetProperty("shards").GetArrayLength()));
        Assert.Contains($"recserve_updates_total{{topic=\"{Topic}\",result=\"applied\"}} 2", await late.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [KafkaFact]
    public async Task Without_a_broker_a_write_is_refused_and_rankings_go_on()
    {
        await using TestServer server = await TestServer.StartAsync([("m/1", TestMarket.Package("fm"))], (options, _) => options with { Kafka = "127.0.0.1:1" });
        (HttpStatusCode status, JsonElement problem) = await TryPutAsync(server, """{"features":{"country":"FR"}}""");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "/problems/not_taken"), (status, problem.GetProperty("type").GetString()));
        await server.RankAsync("""{"user":{"id":"u9"},"items":[{"id":"i1"}]}""");
        (status, _) = await server.PostAsync("/v1/rank", """{"items":[{"id":"i1"}],"read_after":"features:0@0","deadline_ms":5}""");
        Assert.Equal(HttpStatusCode.Conflict, status);
    }

    private static async Task<JsonElement> PutAsync(TestServer server, string json)
    {
        (HttpStatusCode status, JsonElement body) = await TryPutAsync(server, json);
        Assert.True(status == HttpStatusCode.OK, body.GetRawText());
        return body;
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> TryPutAsync(TestServer server, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await server.Client.PutAsync("/v1/features/user/u9", content);
        return (response.StatusCode, await TestServer.BodyAsync(response));
    }

    private static string Items(JsonElement answer) => answer.GetProperty("items").GetRawText();

    private static Task<TestServer> StartAsync(LoopbackBroker broker) => TestServer.StartAsync([("m/1", TestMarket.Package("fm"))],
        (options, _) => options with { Kafka = broker.Servers, ReadAfterWaitMs = 30_000 });
}
