using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using RecServe.Api.Models;
using RecServe.Api.Rows;
using RecServe.Artifacts;
using RecServe.Embeddings;

namespace RecServe.Api.Tests;

/// <summary>Servers whose rows stand in a store, in Redis, and in versions that come while it serves.</summary>
public sealed class TierTests
{
    private const string Request = """{"user":{"id":"u1"},"context":{"hour":20},"items":[{"id":"i1"},{"id":"i2"},{"id":"i3"},{"id":"stranger"}]}""";

    [Fact]
    public async Task Rank_from_a_store_equals_rank_from_memory_and_updates_outlive_the_server()
    {
        ModelPackage package = TestMarket.Package("deepfm");
        string folder = Directory.CreateTempSubdirectory("recserve-store-").FullName;
        try
        {
            await using TestServer plain = await TestServer.StartAsync([("m/1", package)]);
            JsonElement expected = await plain.RankAsync(Request);
            string changed;
            await using (TestServer stored = await StartAsync(package, folder))
            {
                JsonElement answer = await stored.RankAsync(Request);
                Assert.Equal(expected.GetProperty("items").GetRawText(), answer.GetProperty("items").GetRawText());
                Assert.Equal(expected.GetProperty("quality").GetRawText(), answer.GetProperty("quality").GetRawText());
                EmbeddingTable item = ItemTable(stored);
                Assert.Equal(1, item.Apply([RowDelta.Of(Features.RowKey.Of("i1"), 1, new float[item.Width])]).Applied);
                changed = (await stored.RankAsync(Request)).GetProperty("items").GetRawText();
                Assert.NotEqual(expected.GetProperty("items").GetRawText(), changed);
                string metrics = await stored.Client.GetStringAsync("/metrics");
                Assert.Contains("recserve_rows_resident{table=\"item\",tier=\"faster\",precision=\"any\"}", metrics, StringComparison.Ordinal);
                Assert.Contains("recserve_store_disk_bytes ", metrics, StringComparison.Ordinal);
            }

            await using TestServer again = await StartAsync(package, folder);
            Assert.Equal(changed, (await again.RankAsync(Request)).GetProperty("items").GetRawText());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_store_that_another_server_holds_and_a_budget_without_one_stop_the_start()
    {
        string folder = Directory.CreateTempSubdirectory("recserve-store-").FullName;
        try
        {
            ModelPackage package = TestMarket.Package("lr");
            await using TestServer first = await StartAsync(package, folder);
            string told = (await Assert.ThrowsAsync<ServingException>(() => StartAsync(package, folder))).Message;
            Assert.Contains(folder, told, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        Assert.Equal("--hot-memory-mb keeps a part of the rows in process memory; --store must name the folder that keeps the rest",
            (await Assert.ThrowsAsync<ServingException>(() => TestServer.StartAsync([("m/1", TestMarket.Package("lr"))], (options, _) => options with { HotMemoryMb = 5 }))).Message);
    }

    [Fact]
    public async Task A_version_that_comes_while_serving_takes_over_and_shares_equal_tables()
    {
        var time = new FakeTimeProvider();
        string models = "";
        await using TestServer server = await TestServer.StartAsync([("m/1", TestMarket.Package("lr", seed: 1))], (options, root) =>
        {
            models = options.ModelsDirectory;
            return options with { ReloadSeconds = 5 };
        }, time);
        ModelRegistry registry = server.Service<ModelRegistry>();
        ModelSet before = registry.Current;
        ModelPackage same = TestMarket.Package("lr", seed: 1), other = TestMarket.Package("lr", seed: 2);

        // The same rows in all tables but one, as finetuning a field leaves them.
        PackageWriter.Write(same with { Tables = [other.Tables[0], .. same.Tables.Skip(1)] }, Path.Combine(models, "m/2"));
        Directory.CreateDirectory(Path.Combine(models, "m/3"));
        await TestServer.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(5));
            return registry.Current != before;
        });
        ServedModel served = registry.Current.Models[0];
        Assert.Equal(["2", "1"], served.Versions.Select(version => version.Version));
        Assert.Same(before.Models[0].Newest, served.Versions[1]);
        Assert.NotSame(served.Versions[0].Tables[0], served.Versions[1].Tables[0]);
        Assert.Same(served.Versions[0].Tables[1], served.Versions[1].Tables[1]);
        Assert.Equal("m/3", Assert.Single(registry.Current.Broken).Package);
        Assert.Equal("2", (await server.RankAsync(Request)).GetProperty("model").GetProperty("version").GetString());
        Assert.Contains("recserve_model_swaps_total{model=\"m\",result=\"ok\"} 1", await server.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task A_fresh_server_takes_over_what_another_updated()
    {
        using var redis = new RedisServer();
        ModelPackage package = TestMarket.Package("deepfm");
        ServingOptions With(ServingOptions options, string _) => options with { Redis = redis.ConnectionString, RedisTimeoutMs = 1000 };
        await using TestServer first = await TestServer.StartAsync([("m/1", package)], With);
        SharedRows shared = first.Service<NodeRows>().Shared!;
        await TestServer.UntilAsync(() => shared.State == SharedRowsState.Closed);
        EmbeddingTable item = ItemTable(first);
        ulong key = Features.RowKey.Of("i1");
        Assert.Equal(2, item.Apply([RowDelta.Of(key, 7, new float[item.Width]), RowDelta.Deletion(Features.RowKey.Of("i2"), 7)]).Applied);
        Assert.True(await shared.DrainedAsync(TimeSpan.FromSeconds(20)));
        await using TestServer second = await TestServer.StartAsync([("m/1", package)], With);
        await TestServer.UntilAsync(() => second.Service<RowWarmUp>().Taken is not null);
        Assert.Equal(2, second.Service<RowWarmUp>().Taken);
        Assert.Equal((await first.RankAsync(Request)).GetProperty("items").GetRawText(), (await second.RankAsync(Request)).GetProperty("items").GetRawText());
    }

    internal static EmbeddingTable ItemTable(TestServer server)
    {
        ServingModel model = server.Service<ModelRegistry>().Current.Default.Newest;
        return model.Tables[model.FieldNames.ToList().IndexOf("item")];
    }

    private static Task<TestServer> StartAsync(ModelPackage package, string folder) => TestServer.StartAsync([("m/1", package)],
        (options, _) => options with { StoreDirectory = folder, StoreMemoryMb = 2, StoreIndexMb = 1 });
}
