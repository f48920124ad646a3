using System.Text.Json;
using RecServe.Artifacts;

namespace RecServe.Api.Tests;

public sealed class RankTests
{
    [Theory]
    [MemberData(nameof(AllKinds))]
    public async Task Rank_every_kind_equals_reference_from_ids_and_from_features(string kind)
    {
        ModelPackage package = TestMarket.Package(kind);
        await using TestServer server = await TestServer.StartAsync([("m/1", package)]);
        var reference = new ReferenceRanker(package);
        JsonElement answer = await server.RankAsync("""
            {"user":{"id":"u1","features":{"history":["i3","i9","never-seen"]}},"context":{"hour":20,"age":33.5},
             "items":[{"id":"i1"},{"id":"i2","features":{"price":3.25}},{"id":"i3","features":{"genres":null}},
                      {"id":"new","features":{"genres":["sf","drama"],"price":"7"}},{"id":"i5","features":{"item":"i6"}}]}
            """);
        var user = new Dictionary<string, object> { ["user"] = "u1", ["country"] = "FR", ["history"] = new[] { "i3", "i9", "never-seen" }, ["hour"] = "20", ["age"] = 33.5 };
        var expected = new Dictionary<string, double>
        {
            ["i1"] = reference.Probability(With(user, ("item", "i1"), ("genres", TestMarket.Item(1).Genres), ("price", TestMarket.Item(1).Price))),
            ["i2"] = reference.Probability(With(user, ("item", "i2"), ("genres", TestMarket.Item(2).Genres), ("price", 3.25))),
            ["i3"] = reference.Probability(With(user, ("item", "i3"), ("price", TestMarket.Item(3).Price))),
            ["new"] = reference.Probability(With(user, ("item", "new"), ("genres", new[] { "sf", "drama" }), ("price", 7.0))),
            ["i5"] = reference.Probability(With(user, ("item", "i6"), ("genres", TestMarket.Item(5).Genres), ("price", TestMarket.Item(5).Price))),
        };
        AssertRanking(expected, answer);
    }

    [Fact]
    public async Task Rank_of_two_tasks_answers_each_and_ranks_by_their_weighted_mean()
    {
        ModelPackage package = TestMarket.TaskPackage();
        await using TestServer server = await TestServer.StartAsync([("m/1", package)]);
        JsonElement answer = await server.RankAsync("""{"user":{"id":"u1"},"explain":true,"items":[{"id":"i1"},{"id":"i2"},{"id":"new"},{"id":"i5"}]}""");
        var reference = new ReferenceRanker(package);
        double before = 1;
        foreach (JsonElement item in answer.GetProperty("items").EnumerateArray())
        {
            string id = item.GetProperty("id").GetString()!;
            var sample = new Dictionary<string, object> { ["user"] = "u1", ["country"] = "FR", ["item"] = id };
            if (id != "new")
                (sample["genres"], sample["price"]) = (TestMarket.Item(int.Parse(id[1..])).Genres, TestMarket.Item(int.Parse(id[1..])).Price);
            double[] expected = reference.TaskProbabilities(sample);
            double score = item.GetProperty("score").GetDouble();
            Assert.Equal(expected[0], item.GetProperty("scores").GetProperty("watch").GetDouble(), 1e-5);
            Assert.Equal(expected[1], item.GetProperty("scores").GetProperty("like").GetDouble(), 1e-5);
            Assert.Equal(((3 * expected[0]) + expected[1]) / 4, score, 1e-5);
            Assert.True(score <= before);
            before = score;
            JsonElement explanation = item.GetProperty("explanation");
            Assert.Equal(score, 1 / (1 + Math.Exp(-explanation.GetProperty("logit").GetDouble())), 1e-5);
            Assert.Equal(explanation.GetProperty("logit").GetDouble() - explanation.GetProperty("base_logit").GetDouble(),
                explanation.GetProperty("contributions").EnumerateArray().Sum(one => one.GetProperty("contribution").GetDouble()), 1e-5);
        }
    }

    [Fact]
    public async Task Rank_ids_alone_equals_the_same_request_with_a_feature_that_the_model_does_not_know()
    {
        await using TestServer server = await TestServer.StartAsync([("m/1", TestMarket.Package("dcnv2-parallel"))]);
        Task<JsonElement> Answer(string feature) => server.RankAsync($$"""
            {"user":{"id":"u2"},"exclude":["i2","new1"],"k":20,
             "items":[{"id":"i1"},{"id":"i2"},{"id":"new1"},{"id":"i7"},{"id":"new2"},{"id":"i3"{{feature}}},{"id":"i0"},{"id":"i11"}]}
            """);
        JsonElement alone = await Answer(""), featured = await Answer(""","features":{"shoe_size":43}""");
        Assert.Equal(6, alone.GetProperty("items").GetArrayLength());
        Assert.Equal(featured.GetProperty("items").GetRawText(), alone.GetProperty("items").GetRawText());
        Assert.Equal(featured.GetProperty("quality").GetRawText(), alone.GetProperty("quality").GetRawText());
    }

    [Fact]
    public async Task Rank_with_kept_users_and_items_is_near_that_without_for_the_same_user_and_for_changed_context()
    {
        ModelPackage package = TestMarket.Package("dcnv2-parallel");
        await using TestServer plain = await TestServer.StartAsync([("m/1", package)]);
        await using TestServer keeping = await TestServer.StartAsync([("m/1", package)], (options, _) => options with { KeptUserMegabytes = 1, KeptItemMegabytes = 1 });
        foreach ((string user, int hour) in ((string, int)[])[("u1", 20), ("u1", 20), ("u1", 21), ("u2", 20), ("u1", 20)])
        {
            string request = $$$"""{"user":{"id":"{{{user}}}"},"context":{"hour":{{{hour}}}},"items":[{"id":"i1"},{"id":"i7"},{"id":"new"},{"id":"i3"},{"id":"i0"}]}""";
            JsonElement expected = await plain.RankAsync(request), actual = await keeping.RankAsync(request);
            (string?, double)[] Items(JsonElement answer) =>
                [.. answer.GetProperty("items").EnumerateArray().Select(item => (item.GetProperty("id").GetString(), item.GetProperty("score").GetDouble()))];
            foreach (((string? id, double score), (string? other, double again)) in Items(expected).Zip(Items(actual)))
            {
                Assert.Equal(id, other);
                Assert.Equal(score, again, 1e-3);
            }
        }

        var kept = Assert.IsType<RecServe.Ranking.KeptUsers>(keeping.Service<RecServe.Api.Models.ModelRegistry>().Current.Default.Newest.Scorer);
        Assert.Equal((2, 3), (kept.Hits, kept.Misses));
    }

    [Fact]
    public async Task Rank_without_user_or_stored_features_uses_missing_and_default_rows()
    {
        ModelPackage package = TestMarket.Package("deepfm", catalogs: false);
        await using TestServer server = await TestServer.StartAsync([("m/1", package)]);
        var reference = new ReferenceRanker(package);
        JsonElement answer = await server.RankAsync("""{"items":[{"id":"i1"},{"id":"new"}]}""");
        AssertRanking(new()
        {
            ["i1"] = reference.Probability(new() { ["item"] = "i1" }),
            ["new"] = reference.Probability(new() { ["item"] = "new" }),
        }, answer);
        Assert.Equal(["user", "country", "history", "hour", "age", "genres", "price"],
            answer.GetProperty("quality").GetProperty("features_missing").EnumerateArray().Select(f => f.GetString()));
    }

    [Fact]
    public async Task Rank_unknown_ids_are_counted_as_default_rows()
    {
        await using TestServer server = await TestServer.StartAsync([("m/1", TestMarket.Package("fm"))]);
        JsonElement rows = (await server.RankAsync("""
            {"user":{"id":"stranger","features":{"country":"DE","history":["i1","i1","i2"]}},"context":{"hour":3,"age":40},
             "items":[{"id":"new1","features":{"genres":"sf","price":1}},{"id":"new2","features":{"genres":"sf|drama","price":2}},{"id":"i4"}]}
            """)).GetProperty("quality").GetProperty("rows");
        // user: the stranger (default); country, hour, age, price: 1 each; history: i1, i2; items: i4 and two new ones; genres: sf, drama (i4's own).
        int hot = 1 + 2 + 1 + 1 + 1 + 2 + 1, byDefault = 1 + 2;
        Assert.Equal(hot, rows.GetProperty("hot").GetInt32());
        Assert.Equal(byDefault, rows.GetProperty("default").GetInt32());
        Assert.Equal(hot + byDefault, rows.GetProperty("requested").GetInt32());
        Assert.Equal(0, rows.GetProperty("faster_memory").GetInt32() + rows.GetProperty("redis").GetInt32() + rows.GetProperty("faster_disk").GetInt32());
    }

    [Fact]
    public async Task Rank_new_item_follows_its_features()
    {
        await using TestServer server = await TestServer.StartAsync([("m/1", TestMarket.Package("deepfm"))]);
        double score = await ScoreOf("""{"genres":["sf"],"price":1}"""), other = await ScoreOf("""{"genres":["comedy"],"price":11}""");
        Assert.NotEqual(score, other);

        async Task<double> ScoreOf(string features) =>
            (await server.RankAsync($$"""{"user":{"id":"u2"},"items":[{"id":"fresh","features":{{features}}}]}""")).GetProperty("items")[0].GetProperty("score").GetDouble();
    }

    [Fact]
    public async Task Rank_exclude_and_k_shorten_the_list_and_keep_its_order()
    {
        await using TestServer server = await TestServer.StartAsync([("m/1", TestMarket.Package("mlp"))]);
        string items = string.Join(',', Enumerable.Range(0, TestMarket.KnownItems).Select(n => $$"""{"id":"i{{n}}"}"""));
        string[] all = Ids(await server.RankAsync($$"""{"user":{"id":"u1"},"items":[{{items}}]}"""));
        Assert.Equal(TestMarket.KnownItems, all.Length);
        string[] some = Ids(await server.RankAsync($$"""{"user":{"id":"u1"},"items":[{{items}}],"exclude":["{{all[0]}}","{{all[2]}}","absent"],"k":3}"""));
        Assert.Equal([all[1], all[3], all[4]], some);
    }

    [Fact]
    public async Task Rank_everything_excluded_answers_an_empty_list()
    {
        await using TestServer server = await TestServer.StartAsync([("m/1", TestMarket.Package("fm"))]);
        Assert.Empty(Ids(await server.RankAsync("""{"items":[{"id":"i1"},{"id":"i2"}],"exclude":["i2","i1"]}""")));
    }

    [Fact]
    public async Task Rank_equal_scores_keep_the_order_of_the_request()
    {
        await using TestServer server = await TestServer.StartAsync([("m/1", TestMarket.Package("fm", catalogs: false))]);
        Assert.Equal(["x", "c", "a", "b"], Ids(await server.RankAsync("""{"items":[{"id":"x"},{"id":"c"},{"id":"a"},{"id":"b"}]}""")));
    }

    [Fact]
    public async Task Rank_answer_carries_what_the_contract_names()
    {
        await using TestServer server = await TestServer.StartAsync([("m/1", TestMarket.Package("fm"))]);
        JsonElement answer = await server.RankAsync("""{"request_id":"r\u00e9\n1","max_staleness_ms":0,"itmes":[],"user":{"id":"u1"},"items":[{"id":"caf\u00e9"}]}""");
        Assert.Equal("ré\n1", answer.GetProperty("request_id").GetString());
        Assert.Matches("^[0-7][0-9A-HJKMNP-TV-Z]{25}$", answer.GetProperty("ranking_id").GetString());
        Assert.True(answer.GetProperty("took_ms").GetDouble() > 0);
        Assert.Equal("""{"name":"m","version":"1","staleness_ms":0,"applied":null}""", answer.GetProperty("model").GetRawText());
        Assert.Equal(0, answer.GetProperty("experiments").GetArrayLength());
        Assert.Equal("none", answer.GetProperty("quality").GetProperty("degraded").GetString());
        Assert.Equal("itmes", answer.GetProperty("quality").GetProperty("members_ignored")[0].GetString());
        Assert.Equal("café", answer.GetProperty("items")[0].GetProperty("id").GetString());
        Assert.Equal(1, answer.GetProperty("items")[0].GetProperty("rank").GetInt32());
    }

    [Fact]
    public async Task Rank_feature_values_of_every_json_kind_mean_their_text()
    {
        ModelPackage package = TestMarket.Package("fm");
        await using TestServer server = await TestServer.StartAsync([("m/1", package)]);
        var reference = new ReferenceRanker(package);
        JsonElement answer = await server.RankAsync("""
            {"user":{"id":"u0","features":{"country":true,"nested":{"a":[1]},"history":[1,"i2",3.50]}},"context":{"hour":7,"age":1e1},
             "items":[{"id":"i1","features":{"genres":[],"price":-0.5e1,"price":2,"unknown":[{}]}}]}
            """);
        AssertRanking(new()
        {
            ["i1"] = reference.Probability(new()
            {
                ["user"] = "u0", ["country"] = "true", ["history"] = new[] { "1", "i2", "3.50" }, ["hour"] = "7", ["age"] = 10.0, ["item"] = "i1", ["price"] = 2.0,
            }),
        }, answer);
    }

    [Fact]
    public async Task Rank_route_and_member_choose_model_and_version()
    {
        await using TestServer server = await TestServer.StartAsync(
            [("a/9", TestMarket.Package("lr")), ("a/10", TestMarket.Package("fm")), ("b/1", TestMarket.Package("mlp"))]);
        const string Body = """{"items":[{"id":"i1"}]}""";
        Assert.Equal("a@10", Label(await server.RankAsync(Body)));
        Assert.Equal("a@9", Label(await server.RankAsync(Body, "/v1/rank/a@9")));
        Assert.Equal("b@1", Label(await server.RankAsync(Body, "/v1/rank/b")));
        Assert.Equal("b@1", Label(await server.RankAsync("""{"model":"b@1","items":[{"id":"i1"}]}""")));
        Assert.Equal("b@1", Label(await server.RankAsync("""{"model":"b","items":[{"id":"i1"}]}""", "/v1/rank/b")));
    }

    [Fact]
    public async Task Rank_many_in_parallel_equal_serial_ones()
    {
        await using TestServer server = await TestServer.StartAsync([("m/1", TestMarket.Package("dcnv2-parallel")), ("wide/1", TestMarket.Package("lr"))]);
        string[] requests = [.. Enumerable.Range(0, 60).Select(r =>
            $$"""{"user":{"id":"u{{r % 6}}"},"context":{"hour":{{r % 24}}},"model":"{{(r % 3 == 0 ? "wide" : "m")}}","items":[{{string.Join(',', Enumerable.Range(0, 1 + (r * 7 % 40)).Select(n => $$"""{"id":"i{{n}}"}"""))}}]}""")];
        var serial = new List<string>();
        foreach (string request in requests)
            serial.Add((await server.RankAsync(request)).GetProperty("items").GetRawText());
        string[] parallel = await Task.WhenAll(Enumerable.Range(0, 4 * requests.Length).Select(async r =>
            (await server.RankAsync(requests[r % requests.Length])).GetProperty("items").GetRawText()));
        for (int r = 0; r < parallel.Length; r++)
            Assert.Equal(serial[r % requests.Length], parallel[r]);
    }

    public static TheoryData<string> AllKinds => [.. TestMarket.Kinds];

    internal static string[] Ids(JsonElement answer) => [.. answer.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetString()!)];

    private static string Label(JsonElement answer) => $"{answer.GetProperty("model").GetProperty("name")}@{answer.GetProperty("model").GetProperty("version")}";

    private static Dictionary<string, object> With(Dictionary<string, object> sample, params (string, object)[] values)
    {
        var copy = new Dictionary<string, object>(sample);
        foreach ((string name, object value) in values)
            copy[name] = value;
        return copy;
    }

    private static void AssertRanking(Dictionary<string, double> expected, JsonElement answer)
    {
        Assert.Equal(expected.OrderByDescending(e => e.Value).Select(e => e.Key), Ids(answer));
        foreach (JsonElement item in answer.GetProperty("items").EnumerateArray())
            Assert.Equal(expected[item.GetProperty("id").GetString()!], item.GetProperty("score").GetDouble(), 1e-5);
    }
}
