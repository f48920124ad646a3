using System.Net;
using System.Text.Json;

namespace RecServe.Api.Tests;

public sealed class ExperimentTests
{
    private const string File = """
        {"features":{"ranker":{"defaultValue":{"model":"a"},"rules":[{"key":"ranker-v2","hashVersion":2,"weights":[0.5,0.5],"condition":{"surface":{"$ne":"search"}},
          "variations":[{"model":"a"},{"model":"b","version":"1"}],"meta":[{"key":"control"},{"key":"treatment"}]}]}}}
        """;

    [Fact]
    public async Task Experiments_are_sticky_and_choose_the_model()
    {
        await using TestServer server = await StartAsync();
        var models = new Dictionary<string, string>();
        for (int n = 0; n < 40; n++)
        {
            JsonElement first = await RankAsync(server, $"user-{n}"), second = await RankAsync(server, $"user-{n}", ""","features":{"country":"DE"}""");
            JsonElement assignment = Assert.Single(first.GetProperty("experiments").EnumerateArray());
            Assert.Equal(assignment.GetRawText(), second.GetProperty("experiments")[0].GetRawText());
            Assert.Equal(0.5, assignment.GetProperty("propensity").GetDouble());
            models[assignment.GetProperty("variant").GetString()!] = first.GetProperty("model").GetProperty("name").GetString()!;
        }

        Assert.Equal("a", models["control"]);
        Assert.Equal("b", models["treatment"]);
        // The published buckets of the hash: 0.9778 and 0.9301 of seed ranker-v2 are both in the upper half.
        Assert.Equal("treatment", Variant(await RankAsync(server, "user-1")));
        Assert.Equal("treatment", Variant(await RankAsync(server, "user-2")));
    }

    [Fact]
    public async Task Experiments_do_not_apply_without_user_or_with_a_named_model_or_where_the_condition_fails()
    {
        await using TestServer server = await StartAsync();
        Assert.Empty((await server.RankAsync("""{"items":[{"id":"i1"}]}""")).GetProperty("experiments").EnumerateArray());
        JsonElement named = await server.RankAsync("""{"user":{"id":"user-1"},"items":[{"id":"i1"}]}""", "/v1/rank/a");
        Assert.Empty(named.GetProperty("experiments").EnumerateArray());
        Assert.Equal("a", named.GetProperty("model").GetProperty("name").GetString());
        Assert.Empty((await server.RankAsync("""{"user":{"id":"user-1"},"context":{"surface":"search"},"items":[{"id":"i1"}]}""")).GetProperty("experiments").EnumerateArray());
    }

    [Fact]
    public async Task Experiments_override_is_followed_and_not_counted()
    {
        await using TestServer server = await StartAsync();
        JsonElement answer = await server.RankAsync("""{"user":{"id":"user-1"},"items":[{"id":"i1"}],"overrides":{"experiments":{"ranker-v2":"control"}}}""");
        Assert.Equal("control", Variant(answer));
        Assert.Equal(1, answer.GetProperty("experiments")[0].GetProperty("propensity").GetDouble());
        Assert.Equal("a", answer.GetProperty("model").GetProperty("name").GetString());
        JsonElement results = await server.GetAsync("/v1/experiments/ranker-v2/results");
        Assert.All(results.GetProperty("variants").EnumerateArray(), v => Assert.Equal(0, v.GetProperty("rankings").GetInt64()));
    }

    [Theory]
    [InlineData("/v1/rank", """{"user":{"id":"u"},"items":[{"id":"i"}],"overrides":{"experiments":{"ranker-v2":"best"}}}""", "overrides.experiments.ranker-v2", "is 'best', not one of its variants control, treatment")]
    [InlineData("/v1/rank/a", """{"items":[{"id":"i"}],"overrides":{"experiments":{"ranker-v2":"control"}}}""", "overrides.experiments", "cannot be followed: the request names a model, so that no experiment applies")]
    public async Task Experiments_override_that_cannot_be_followed_is_refused(string path, string body, string member, string reason)
    {
        await using TestServer server = await StartAsync();
        (HttpStatusCode status, JsonElement problem) = await server.PostAsync(path, body);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal(reason, problem.GetProperty("errors").GetProperty(member).GetString());
    }

    [Fact]
    public async Task Feedback_is_counted_once_by_variant_and_gives_click_through_rates()
    {
        await using TestServer server = await StartAsync();
        var rankings = new Dictionary<string, List<string>> { ["control"] = [], ["treatment"] = [] };
        for (int n = 0; n < 30; n++)
        {
            JsonElement answer = await RankAsync(server, $"user-{n}");
            rankings[Variant(answer)].Add(answer.GetProperty("ranking_id").GetString()!);
        }

        string[] clicked = [.. rankings["treatment"].Take(3)];
        string events = string.Join(',', clicked.Select((id, n) => $$"""{"event_id":"e{{n}}","ranking_id":"{{id}}","item_id":"i1","type":"click","time":"2026-01-02T03:04:05Z"}"""))
            + $$""",{"event_id":"like","ranking_id":"{{rankings["control"][0]}}","item_id":"i1","type":"watch","time":1700000000000,"value":12.5}"""
            + ",{\"event_id\":\"lost\",\"ranking_id\":\"01ARZ3NDEKTSV4RRFFQ69G5FAV\",\"item_id\":\"i1\",\"type\":\"click\"}";
        string call = $$"""{"events":[{{events}}]}""";
        Assert.Equal("""{"accepted":4,"duplicates":0,"late":0,"unknown_rankings":1}""", (await server.PostAsync("/v1/feedback", call)).Body.GetRawText());
        Assert.Equal("""{"accepted":0,"duplicates":4,"late":0,"unknown_rankings":1}""", (await server.PostAsync("/v1/feedback", call)).Body.GetRawText());

        JsonElement[] variants = [.. (await server.GetAsync("/v1/experiments/ranker-v2/results")).GetProperty("variants").EnumerateArray()];
        Assert.Equal(["control", "treatment"], variants.Select(v => v.GetProperty("variant").GetString()));
        Assert.Equal(rankings["control"].Count, variants[0].GetProperty("rankings").GetInt32());
        Assert.Equal(0, variants[0].GetProperty("clicks").GetInt32());
        Assert.Equal("""{"watch":{"count":1,"value":12.5}}""", variants[0].GetProperty("events").GetRawText());
        Assert.Equal(rankings["treatment"].Count, variants[1].GetProperty("rankings").GetInt32());
        Assert.Equal(2 * rankings["treatment"].Count, variants[1].GetProperty("items").GetInt32());
        Assert.Equal(3, variants[1].GetProperty("clicks").GetInt32());
        Assert.Equal(3.0 / (2 * rankings["treatment"].Count), variants[1].GetProperty("ctr").GetDouble(), 1e-12);
    }

    [Fact]
    public async Task Exposures_are_appended_to_the_file_before_the_server_is_gone()
    {
        string copy = Path.GetTempFileName();
        try
        {
            await using (TestServer server = await StartAsync(exposures: copy))
            {
                for (int n = 0; n < 50; n++)
                    await RankAsync(server, $"user-{n}");
                await server.RankAsync("""{"user":{"id":"user-1"},"items":[{"id":"i1"}],"overrides":{"experiments":{"ranker-v2":"control"}}}""");
            }

            JsonElement[] lines = [.. (await System.IO.File.ReadAllLinesAsync(copy)).Select(line => JsonDocument.Parse(line).RootElement)];
            Assert.Equal(Enumerable.Range(0, 50).Select(n => $"user-{n}"), lines.Select(l => l.GetProperty("user_id").GetString()));
            Assert.All(lines, l => Assert.Equal(2, l.GetProperty("items").GetArrayLength()));
            Assert.All(lines, l => Assert.Equal("ranker-v2", l.GetProperty("experiments")[0].GetProperty("key").GetString()));
            Assert.Equal(50, lines.Select(l => l.GetProperty("ranking_id").GetString()).Distinct().Count());
        }
        finally
        {
            System.IO.File.Delete(copy);
        }
    }

    [Fact]
    public async Task Experiments_are_listed_as_they_are_run()
    {
        await using TestServer server = await StartAsync();
        JsonElement experiment = Assert.Single((await server.GetAsync("/v1/experiments")).GetProperty("experiments").EnumerateArray());
        Assert.Equal("ranker-v2", experiment.GetProperty("key").GetString());
        Assert.Equal("""{"key":"treatment","name":null,"weight":0.5,"value":{"model":"b","version":"1"}}""", experiment.GetProperty("variants")[1].GetRawText());
        using HttpResponseMessage unknown = await server.Client.GetAsync("/v1/experiments/other/results");
        Assert.Equal("no experiment 'other' exists; the experiments are: ranker-v2", (await TestServer.BodyAsync(unknown)).GetProperty("detail").GetString());
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Theory]
    [InlineData("""{"features":{"r":{"rules":[{"variations":[{"model":"a"},{"model":"gone"}]}]}}}""", "experiment 'r', variant '1': no model 'gone' is served; the models are: a, b")]
    [InlineData("""{"features":{"r":{"rules":[{"variations":[1,2],"wieghts":[0.5,0.5]}]}}}""", "wieghts")]
    [InlineData("{", "not valid JSON")]
    public async Task Experiments_file_that_cannot_be_used_stops_the_start(string file, string expected)
    {
        ServingException failure = await Assert.ThrowsAsync<ServingException>(() => StartAsync(file));
        Assert.Contains(expected, failure.Message);
        Assert.Contains("experiments.json", failure.Message);
    }

    private static Task<TestServer> StartAsync(string file = File, string? exposures = null) => TestServer.StartAsync(
        [("a/1", TestMarket.Package("lr")), ("b/1", TestMarket.Package("fm")), ("b/2", TestMarket.Package("mlp"))],
        (options, root) =>
        {
            System.IO.File.WriteAllText(Path.Combine(root, "experiments.json"), file);
            return options with { ExperimentsFile = Path.Combine(root, "experiments.json"), ExposureFile = exposures };
        });

    private static Task<JsonElement> RankAsync(TestServer server, string user, string more = "") =>
        server.RankAsync($$"""{"user":{"id":"{{user}}"{{more}}},"items":[{"id":"i1"},{"id":"i2"}]}""");

    private static string Variant(JsonElement answer) => answer.GetProperty("experiments")[0].GetProperty("variant").GetString()!;
}
