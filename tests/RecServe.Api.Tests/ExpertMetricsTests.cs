using Microsoft.Extensions.Time.Testing;
using RecServe.Api.Models;
using RecServe.Artifacts;

namespace RecServe.Api.Tests;

/// <summary>Load of sparse experts at /metrics.</summary>
public sealed class ExpertMetricsTests
{
    private const int Rows = 40, Requests = 3;

    [Fact]
    public async Task Load_of_every_expert_is_what_rows_chose()
    {
        ModelPackage package = TestMarket.SparsePackage();
        await using TestServer server = await TestServer.StartAsync([("m/1", package), ("other/1", TestMarket.TaskPackage())]);
        Dictionary<string, double> before = MetricsTests.Parse(await server.Client.GetStringAsync("/metrics"));
        Assert.Equal(0, before["""recserve_expert_layer_rows_total{model="m"}"""]);
        Assert.DoesNotContain("""recserve_experts_active{model="m"}""", before.Keys);
        await RankAsync(server, "m");
        await RankAsync(server, "other");

        Dictionary<string, double> samples = MetricsTests.Parse(await server.Client.GetStringAsync("/metrics"));
        Assert.Equal(2 * Rows * Requests, samples["""recserve_expert_layer_rows_total{model="m"}"""]);
        double networks = Enumerable.Range(0, 2).Sum(layer => Enumerable.Range(0, 3).Sum(expert => samples[$$"""recserve_expert_rows_total{model="m",layer="{{layer}}",expert="network.{{expert}}"}"""]));
        Assert.InRange(networks, 1, 4 * Rows * Requests);
        Assert.Equal(networks / (2 * Rows * Requests), samples["""recserve_experts_active{model="m"}"""], 1e-12);
        Assert.True(samples.ContainsKey("""recserve_expert_rows_total{model="m",layer="1",expert="constant.0"}"""));
        Assert.True(samples.ContainsKey("""recserve_expert_rows_total{model="m",layer="1",expert="copy.0"}"""));
        Assert.DoesNotContain(samples.Keys, key => key.Contains("zero.0") || (key.Contains("expert") && key.Contains("other")));

        // In the first layer there is one router, so each row took two experts, of which the zero is not counted.
        double first = samples.Where(sample => sample.Key.StartsWith("recserve_expert_rows_total{model=\"m\",layer=\"0\"", StringComparison.Ordinal)).Sum(sample => sample.Value);
        Assert.InRange(first, Rows * Requests, 2 * Rows * Requests);
    }

    [Fact]
    public async Task Experts_of_mmoe_that_rows_choose_are_counted_too()
    {
        await using TestServer server = await TestServer.StartAsync([("m/1", TestMarket.ChosenExpertsPackage())]);
        await RankAsync(server, "m");

        Dictionary<string, double> samples = MetricsTests.Parse(await server.Client.GetStringAsync("/metrics"));
        Assert.Equal(Rows * Requests, samples["""recserve_expert_layer_rows_total{model="m"}"""]);
        double networks = Enumerable.Range(0, 4).Sum(expert => samples[$$"""recserve_expert_rows_total{model="m",layer="0",expert="network.{{expert}}"}"""]);
        Assert.InRange(networks, 2 * Rows * Requests, 4 * Rows * Requests);
        Assert.Equal(networks / (Rows * Requests), samples["""recserve_experts_active{model="m"}"""], 1e-12);
    }

    [Fact]
    public async Task Counters_go_on_when_a_newer_version_takes_over()
    {
        var time = new FakeTimeProvider();
        string models = "";
        await using TestServer server = await TestServer.StartAsync([("m/1", TestMarket.SparsePackage())], (options, _) =>
        {
            models = options.ModelsDirectory;
            return options with { ReloadSeconds = 5, VersionsPerModel = 1 };
        }, time);
        await RankAsync(server, "m");
        Assert.Equal(2 * Rows * Requests, await LayerRowsAsync(server));
        PackageWriter.Write(TestMarket.SparsePackage(seed: 2), Path.Combine(models, "m/2"));
        ModelRegistry registry = server.Service<ModelRegistry>();
        await TestServer.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(5));
            return registry.Current.Default.Newest.Version == "2";
        });
        Assert.Single(registry.Current.Default.Versions);
        Assert.Equal(2 * Rows * Requests, await LayerRowsAsync(server));
        await RankAsync(server, "m");
        Assert.Equal(4 * Rows * Requests, await LayerRowsAsync(server));
    }

    private static async Task<double> LayerRowsAsync(TestServer server) =>
        MetricsTests.Parse(await server.Client.GetStringAsync("/metrics"))["""recserve_expert_layer_rows_total{model="m"}"""];

    private static async Task RankAsync(TestServer server, string model)
    {
        string items = string.Join(',', Enumerable.Range(0, Rows).Select(n => $$"""{"id":"i{{n}}"}"""));
        for (int request = 0; request < Requests; request++)
            await server.RankAsync($$"""{"user":{"id":"u{{request}}"},"items":[{{items}}]}""", $"/v1/rank/{model}");
    }
}
