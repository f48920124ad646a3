using System.Net;
using System.Text;
using System.Text.Json;
using RecServe.Api.FeatureRows;
using RecServe.Api.Rank;
using RecServe.FeatureStore;
using RecServe.Features;

namespace RecServe.Api.Tests.FeatureRows;

/// <summary>What is stored of users, items and contexts, in rankings.</summary>
public sealed class StoredFeatureTests : IDisposable
{
    private const string ByIds = """{"user":{"id":"u9"},"context":{"id":"home","hour":7},"items":[{"id":"i1"},{"id":"new1"},{"id":"new2"},{"id":"i2"}]}""";

    private const string Given = """
        {"user":{"id":"u9","features":{"country":"FR","history":["i3","i5","i3"]}},"context":{"id":"home","hour":7,"age":33},
         "items":[{"id":"i1","features":{"genres":["sf","drama"],"price":9.25}},{"id":"new1","features":{"genres":["comedy"],"price":2}},{"id":"new2"},{"id":"i2"}]}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("recserve-stored-").FullName;

    public static TheoryData<string, bool> Forms => new() { { "deepfm", false }, { "deepfm", true }, { "lr", false }, { "dcnv2-parallel", true } };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Ranking_by_ids_alone_equals_one_whose_request_gives_the_stored_features(string kind, bool durable)
    {
        await using TestServer server = await StartAsync(kind, durable);
        JsonElement before = await server.RankAsync(ByIds);
        JsonElement given = await server.RankAsync(Given);
        Assert.NotEqual(Items(given), Items(before));

        await StoreAsync(server);

        JsonElement stored = await server.RankAsync(ByIds);
        Assert.Equal(Items(given), Items(stored));
        Assert.Equal(Quality(given), Quality(stored));
        Assert.Equal(Items(given), Items(await server.RankAsync(ByIds)));
        Assert.Equal(Items(given), Items(await server.RankAsync(Given)));
    }

    [Fact]
    public async Task Request_overrides_what_is_stored_and_the_package_answers_for_the_rest()
    {
        await using TestServer server = await StartAsync("deepfm", durable: false);
        const string overriding = """{"user":{"id":"u9","features":{"country":null}},"context":{"hour":7},"items":[{"id":"i1","features":{"price":1}},{"id":"i2"}]}""";
        const string same = """{"user":{"id":"u9","features":{"country":null,"history":["i3","i5","i3"]}},"context":{"hour":7},"items":[{"id":"i1","features":{"genres":["sf","drama"],"price":1}},{"id":"i2"}]}""";
        JsonElement expected = await server.RankAsync(same);
        await StoreAsync(server);

        JsonElement answer = await server.RankAsync(overriding);

        Assert.Equal(Items(expected), Items(answer));
        Assert.Equal("age country", string.Join(' ', answer.GetProperty("quality").GetProperty("features_missing").EnumerateArray().Select(name => name.GetString()).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Deleted_row_leaves_what_the_package_knows()
    {
        await using TestServer server = await StartAsync("deepfm", durable: true);
        JsonElement before = await server.RankAsync(ByIds);
        await StoreAsync(server);
        foreach (string path in (string[])["user/u9", "item/i1", "item/new1"])
        {
            using HttpResponseMessage response = await server.Client.DeleteAsync($"/v1/features/{path}?version=100");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        await server.PostAsync("/v1/features:batch", """{"rows":[{"entity":"context","id":"home","version":100,"deleted":true}]}""");
        Assert.Equal(Items(before), Items(await server.RankAsync(ByIds)));
    }

    [Fact]
    public async Task Stored_rows_outlive_the_server_that_has_a_store()
    {
        string items;
        await using (TestServer first = await StartAsync("fm", durable: true))
        {
            await StoreAsync(first);
            items = Items(await first.RankAsync(ByIds));
        }

        await using TestServer second = await StartAsync("fm", durable: true);
        Assert.Equal(items, Items(await second.RankAsync(ByIds)));
    }

    [Fact]
    public async Task Value_that_suits_this_version_no_more_is_passed_over_and_counted()
    {
        await using TestServer server = await StartAsync("fm", durable: false);
        string expected = Items(await server.RankAsync(ByIds));

        // Such rows were let in when another version of the model was served.
        FeatureRow item = new FeatureRowBuilder(FieldSide.Item, "i1", 1, "p").List("price", ["3"]).Text("country", "DE").Text("unheard of", "x").Build();
        FeatureRow other = new FeatureRowBuilder(FieldSide.Item, "i2", 1, "p").Text("price", "cheap").Number("genres", 3).Build();
        server.Service<NodeFeatures>().Apply([item, other], []);

        Assert.Equal(expected, Items(await server.RankAsync(ByIds)));
        string metrics = await server.Client.GetStringAsync("/metrics");
        Assert.Contains("recserve_features_unusable_total{entity=\"item\"} 3\n", metrics, StringComparison.Ordinal);
        Assert.Contains("recserve_feature_rows_total{entity=\"item\",result=\"found\"} 2\n", metrics, StringComparison.Ordinal);
        Assert.Contains("recserve_feature_rows_total{entity=\"item\",result=\"absent\"} 2\n", metrics, StringComparison.Ordinal);
        Assert.Contains("recserve_feature_rows_total{entity=\"user\",result=\"absent\"} 0\n", metrics, StringComparison.Ordinal);
        Assert.Contains("recserve_feature_rows_stored{entity=\"item\"} 2\n", metrics, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ranking_with_stored_features_allocates_nothing_for_a_candidate_in_the_steady_state(bool durable)
    {
        await using TestServer server = await StartAsync("deepfm", durable);
        FeatureRow[] rows = [.. Enumerable.Range(0, 1000).Where(n => n % 4 != 0).Select(n =>
            new FeatureRowBuilder(FieldSide.Item, $"item-{n}", 1, "p").List("genres", ["sf", "drama"]).Number("price", n).Build())];
        Assert.Equal(rows.Length, server.Service<NodeFeatures>().Apply(rows, []).Applied);
        await StoreAsync(server);
        var pipeline = server.Service<RankPipeline>();
        using var scratch = new RequestScratch();

        long bytes = PerRequest(500), twice = PerRequest(1000);

        Assert.InRange(bytes, 0, 4 * 1024);
        Assert.InRange(twice, 0, bytes + 64);

        long PerRequest(int candidates) => PipelineAllocations.PerRequest(pipeline, Body(candidates), scratch, () => Assert.True(scratch.Stored.HasItems));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static byte[] Body(int candidates)
    {
        string items = string.Join(',', Enumerable.Range(0, candidates).Select(n => $$"""{"id":"item-{{n}}"} """));
        return Encoding.UTF8.GetBytes($$"""{"user":{"id":"u9"},"context":{"id":"home","hour":7},"k":50,"items":[{{items}}]}""");
    }

    private static string Items(JsonElement answer) => answer.GetProperty("items").GetRawText();

    private static string Quality(JsonElement answer) => answer.GetProperty("quality").GetRawText();

    private static async Task StoreAsync(TestServer server)
    {
        (HttpStatusCode status, JsonElement body) = await server.PostAsync("/v1/features:batch", """
            {"rows":[{"entity":"user","id":"u9","version":1,"features":{"country":"FR","history":["i3","i5","i3"]}},
                     {"entity":"context","id":"home","version":1,"features":{"age":33}},
                     {"entity":"item","id":"i1","version":1,"features":{"genres":["sf","drama"],"price":9.25}},
                     {"entity":"item","id":"new1","version":1,"features":{"genres":["comedy"],"price":2}}]}
            """);
        Assert.Equal((HttpStatusCode.OK, """{"applied":4,"stale":0,"refused":0}"""), (status, body.GetRawText()));
    }

    private Task<TestServer> StartAsync(string kind, bool durable) => TestServer.StartAsync([("m/1", TestMarket.Package(kind))],
        (options, _) => durable ? options with { StoreDirectory = Path.Combine(_folder, "store"), StoreMemoryMb = 2, StoreIndexMb = 1, RankingsRemembered = 16 } : options with { RankingsRemembered = 16 });
}
