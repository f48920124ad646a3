using System.Text.Json;
using RecServe.Artifacts;

namespace RecServe.Integration.Tests;

/// <summary>A row that the firewall refuses is seen in the quarantine, is let in by a command, and then seen in a ranking: with the quarantine in Kafka, and in a file.</summary>
public sealed class QuarantineReleaseTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [KafkaFact]
    [Trait("Category", "Slow")]
    public async Task Row_refused_by_a_server_with_kafka_is_released_from_the_topic()
    {
        ModelPackage package = SmallPackage.Train(_directory);
        using var brokers = new BrokerProcess();
        using RunningServer server = await RunningServer.StartAsync(_directory["models"], "--kafka", brokers.Servers, "--read-after-wait-ms", "30000");

        await ReleaseAsync(server, package, ["--kafka", brokers.Servers], "recserve.rows");
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Row_refused_by_a_server_of_its_own_is_released_from_the_file()
    {
        ModelPackage package = SmallPackage.Train(_directory);
        using RunningServer server = await RunningServer.StartAsync(_directory["models"], "--quarantine-file", _directory["refused"], "--read-after-wait-ms", "30000");

        await ReleaseAsync(server, package, ["--file", _directory["refused"]], "recserve.rows");
    }

    [KafkaFact]
    [Trait("Category", "Slow")]
    public async Task Features_refused_for_their_version_are_released_from_the_topic()
    {
        SmallPackage.Train(_directory);
        using var brokers = new BrokerProcess();
        brokers.Create("recserve.features", 2);
        using RunningServer server = await RunningServer.StartAsync(_directory["models"], "--kafka", brokers.Servers, "--read-after-wait-ms", "30000");
        string version = $"{(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 30L * 24 * 3600 * 1000) * 1000}"; // in a month
        using var row = new StringContent($$"""{"version":"{{version}}","producer":"clock","features":{} }""", System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage sent = await server.Client.PutAsync(new Uri("/v1/features/user/u1", UriKind.Relative), row);
        Assert.True(sent.IsSuccessStatusCode, await sent.Content.ReadAsStringAsync());

        using JsonDocument shown = JsonDocument.Parse(Shown(["--kafka", brokers.Servers], "version_ahead"));
        Assert.Equal("recserve.features", shown.RootElement.GetProperty("topic").GetString());
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await server.Client.GetAsync(new Uri("/v1/features/user/u1", UriKind.Relative))).StatusCode);

        using RecServeProcess release = RecServeProcess.Run(0, "quarantine", "release", "--kafka", brokers.Servers, "--producer", "clock", "--by", "anna", "--to", server.Client.BaseAddress!.ToString());
        Assert.Equal("1 messages let in, 0 stay refused", release.LastLine);
        using JsonDocument stored = JsonDocument.Parse(await server.Client.GetStringAsync(new Uri("/v1/features/user/u1", UriKind.Relative)));
        Assert.Equal(version, stored.RootElement.GetProperty("version").GetString());
    }

    private static async Task ReleaseAsync(RunningServer server, ModelPackage package, string[] from, string topic)
    {
        string[] items = ["i1", "i2"];
        double[] before = await ServedRows.ScoresAsync(server, items);
        string token = await ServedRows.ApplyAsync(server, package.Lineage, "trainer", 5, ("i1", 900), ("i2", 0.001));

        // The good row of the message is applied, the other is not.
        double[] refused = await ServedRows.ScoresAsync(server, items, token);
        Assert.Equal(before[0], refused[0]);
        Assert.NotEqual(before[1], refused[1]);

        using JsonDocument shown = JsonDocument.Parse(Shown(from, "norm_jump"));
        Assert.Equal((topic, "norm_jump"), (shown.RootElement.GetProperty("topic").GetString(), shown.RootElement.GetProperty("reason").GetString()));
        Assert.Equal(0, Assert.Single(shown.RootElement.GetProperty("rows").EnumerateArray()).GetProperty("index").GetInt32());

        using RecServeProcess release = RecServeProcess.Run(0, ["quarantine", "release", .. from, "--reason", "norm_jump", "--by", "anna", "--to", server.Client.BaseAddress!.ToString()]);
        Assert.Equal("1 messages let in, 0 stay refused", release.LastLine);
        double[] released = await ServedRows.ScoresAsync(server, items);
        Assert.Equal(1, released[0], 1e-6);
        Assert.Equal(refused[1], released[1]);
    }

    /// <summary>What the quarantine shows, when it does: a broker gets a refused message some time after the rows that came with it are visible.</summary>
    private static string Shown(string[] from, string reason)
    {
        for (long begin = Environment.TickCount64; ;)
        {
            using RecServeProcess show = RecServeProcess.Run(0, ["quarantine", "show", .. from, "--reason", reason]);
            if (show.Output.Length > 0 || Environment.TickCount64 - begin > 60_000)
                return show.Output;
        }
    }
}
