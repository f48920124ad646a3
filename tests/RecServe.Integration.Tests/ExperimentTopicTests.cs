using System.Net;
using System.Text;
using System.Text.Json;

namespace RecServe.Integration.Tests;

/// <summary>Two server processes and brokers in a third: a definition that one server is given is followed by both, and by one that was killed meanwhile, with and without brokers.</summary>
public sealed class ExperimentTopicTests : IDisposable
{
    private const string Definition = """{"key":"length","hashVersion":2,"weights":[0.5,0.5],"variations":[{"fields_off":[]},{"fields_off":[]}],"meta":[{"key":"control"},{"key":"treatment"}]}""";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [KafkaFact]
    [Trait("Category", "Slow")]
    public async Task Replicas_follow_one_anothers_experiments_through_kills_and_without_brokers()
    {
        SmallPackage.Train(_directory);
        var brokers = new BrokerProcess();
        string servers = brokers.Servers;
        using RunningServer first = await StartAsync("first", brokers.Servers);
        RunningServer second = await StartAsync("second", brokers.Servers);

        string token = await WriteAsync(first, HttpMethod.Put, "/v1/experiments", Definition);
        Dictionary<string, string> before = await VariantsAsync(first, token);
        Assert.Equal(["control", "treatment"], before.Values.Distinct().Order());
        Assert.Equal(before, await VariantsAsync(second, token));

        // Killed, it misses the pause; started again, it follows it before it is ready.
        second.Process.Signal("KILL");
        second.Process.WaitForExit(TimeSpan.FromMinutes(1));
        second.Dispose();
        token = await WriteAsync(first, HttpMethod.Patch, "/v1/experiments/length", """{"active":false}""");
        Assert.All((await VariantsAsync(first, token)).Values, variant => Assert.Equal("", variant));
        second = await StartAsync("second", brokers.Servers);
        Assert.All((await VariantsAsync(second, null)).Values, variant => Assert.Equal("", variant));
        token = await WriteAsync(second, HttpMethod.Patch, "/v1/experiments/length", """{"active":true}""");
        Assert.Equal(before, await VariantsAsync(first, token));
        Assert.Equal(before, await VariantsAsync(second, token));

        // Without brokers it goes by what it last knew, and says so.
        second.Process.Signal("KILL");
        second.Process.WaitForExit(TimeSpan.FromMinutes(1));
        second.Dispose();
        brokers.Dispose();
        second = await StartAsync("second", servers);
        Assert.Equal(before, await VariantsAsync(second, null));
        using JsonDocument health = JsonDocument.Parse(await second.Client.GetStringAsync("/health/ready"));
        Assert.Equal(("degraded", "last_known"), (health.RootElement.GetProperty("status").GetString(), health.RootElement.GetProperty("experiments").GetProperty("state").GetString()));
        second.Dispose();
    }

    private Task<RunningServer> StartAsync(string name, string servers) =>
        RunningServer.StartAsync(_directory["models"], "--store", _directory[name], "--kafka", servers, "--experiments-wait-seconds", "30", "--read-after-wait-ms", "30000");

    private static async Task<string> WriteAsync(RunningServer server, HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using HttpResponseMessage response = await server.Client.SendAsync(request);
        string written = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, written);
        using JsonDocument answer = JsonDocument.Parse(written);
        return answer.RootElement.GetProperty("token").GetString()!;
    }

    /// <summary>The variant of each of forty users; empty where they are in no experiment.</summary>
    private static async Task<Dictionary<string, string>> VariantsAsync(RunningServer server, string? token)
    {
        var variants = new Dictionary<string, string>();
        for (int user = 0; user < 40; user++)
        {
            string after = token is null ? "" : $",\"read_after\":\"{token}\"";
            using var content = new StringContent($$"""{"user":{"id":"u{{user}}"},"items":[{"id":"i1"}]{{after}}}""", Encoding.UTF8, "application/json");
            using HttpResponseMessage response = await server.Client.PostAsync("/v1/rank", content);
            string text = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode == HttpStatusCode.OK, text);
            using JsonDocument answer = JsonDocument.Parse(text);
            variants[$"u{user}"] = string.Concat(answer.RootElement.GetProperty("experiments").EnumerateArray().Select(e => e.GetProperty("variant").GetString()));
        }

        return variants;
    }
}
