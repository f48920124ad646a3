using System.Net;
using System.Text.Json;
using RecServe.Artifacts;

namespace RecServe.Api.Tests;

/// <summary>A field that is turned off is not looked up, and its mean stands for it.</summary>
public sealed class FieldToggleTests
{
    public static TheoryData<string> Kinds => [.. TestMarket.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Rank_with_fields_off_scores_them_at_their_mean(string kind)
    {
        ModelPackage package = TestMarket.Package(kind);
        await using TestServer server = await TestServer.StartAsync([("ctr/1", package)]);
        JsonElement whole = await server.RankAsync("""{"user":{"id":"u1"},"context":{"hour":20},"items":[{"id":"i1"},{"id":"i2"}]}""");
        JsonElement answer = await server.RankAsync("""{"user":{"id":"u1"},"context":{"hour":20},"items":[{"id":"i1"},{"id":"i2"}],"overrides":{"fields_off":["genres","country"]}}""", "/v1/rank/ctr@1");

        var reference = new ReferenceRanker(package);
        foreach (JsonElement item in answer.GetProperty("items").EnumerateArray())
        {
            string id = item.GetProperty("id").GetString()!;
            (string[] genres, double price) = TestMarket.Item(int.Parse(id[1..]));
            var sample = new Dictionary<string, object> { ["user"] = "u1", ["country"] = TestMarket.Country(1), ["hour"] = "20", ["item"] = id, ["genres"] = genres, ["price"] = price };
            double[][] vectors = [.. package.Fields.Select((field, f) => field.Name is "genres" or "country" ? reference.Means()[f] : reference.Pooled(f, sample))];
            Assert.Equal(1 / (1 + Math.Exp(-reference.LogitOf(vectors))), item.GetProperty("score").GetDouble(), 1e-5);
        }

        JsonElement quality = answer.GetProperty("quality");
        Assert.Equal(["country", "genres"], quality.GetProperty("fields_off").EnumerateArray().Select(name => name.GetString()).Order());
        Assert.False(whole.GetProperty("quality").TryGetProperty("fields_off", out _));
        Assert.True(Requested(answer) < Requested(whole));
        Assert.NotEqual(whole.GetProperty("items")[0].GetProperty("score").GetDouble(), answer.GetProperty("items")[0].GetProperty("score").GetDouble(), 1e-6);
    }

    [Fact]
    public async Task A_field_that_is_off_contributes_nothing_to_an_explanation_and_is_not_missing()
    {
        await using TestServer server = await TestServer.StartAsync([("ctr/1", TestMarket.Package("mlp"))]);
        JsonElement answer = await server.RankAsync("""{"user":{"id":"u1"},"items":[{"id":"i1"}],"explain":true,"overrides":{"fields_off":["age"]}}""");
        Assert.DoesNotContain("age", answer.GetProperty("quality").GetProperty("features_missing").EnumerateArray().Select(name => name.GetString()));
        JsonElement age = answer.GetProperty("items")[0].GetProperty("explanation").GetProperty("contributions").EnumerateArray().Single(c => c.GetProperty("field").GetString() == "age");
        Assert.Equal(0, age.GetProperty("contribution").GetDouble(), 1e-5);
        Assert.Equal("off", age.GetProperty("tier").GetString());
    }

    [Fact]
    public async Task A_variant_turns_fields_off_for_its_users()
    {
        const string Experiments = """
            {"features":{"worth":{"defaultValue":{},"rules":[{"key":"worth-of-genres","hashVersion":2,"weights":[0.5,0.5],
             "variations":[{},{"fields_off":["genres","price"]}],"meta":[{"key":"with"},{"key":"without"}]}]}}}
            """;
        await using TestServer server = await StartAsync(Experiments);
        JsonElement with = await server.RankAsync(Body("u2", "with")), without = await server.RankAsync(Body("u2", "without"));
        JsonElement asked = await server.RankAsync("""{"user":{"id":"u2"},"items":[{"id":"i3"}],"overrides":{"fields_off":["price","genres"]}}""", "/v1/rank/ctr");
        Assert.Equal(asked.GetProperty("items")[0].GetProperty("score").GetDouble(), without.GetProperty("items")[0].GetProperty("score").GetDouble());
        Assert.NotEqual(with.GetProperty("items")[0].GetProperty("score").GetDouble(), without.GetProperty("items")[0].GetProperty("score").GetDouble(), 1e-6);
        Assert.False(with.GetProperty("quality").TryGetProperty("fields_off", out _));
        Assert.Equal(2, without.GetProperty("quality").GetProperty("fields_off").GetArrayLength());
    }

    [Theory]
    [InlineData("""{"fields_off":["colour"]}""", "fields_off names 'colour', which is no field of model 'ctr'")]
    [InlineData("""{"fields_off":"genres"}""", "fields_off must be an array of field names")]
    [InlineData("""{"model":"ctr","fields_off":[3]}""", "fields_off must be an array of field names")]
    public async Task An_experiment_whose_fields_do_not_fit_is_refused_at_the_start(string variant, string reason)
    {
        string file = $$$"""{"features":{"f":{"defaultValue":{},"rules":[{"key":"e","hashVersion":2,"weights":[0.5,0.5],"variations":[{},{{{variant}}} ],"meta":[{"key":"a"},{"key":"b"}]}]} } }""";
        ServingException refusal = await Assert.ThrowsAsync<ServingException>(() => StartAsync(file));
        Assert.Contains($"experiment 'e', variant 'b': {reason}", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""["colour"]""", "overrides.fields_off[0]", "is 'colour', not one of the model's fields")]
    [InlineData("""["genres",3]""", "overrides.fields_off[1]", "must be a string, not a number")]
    [InlineData("\"genres\"", "overrides.fields_off", "must be an array of field names, not a string")]
    public async Task A_request_whose_fields_do_not_fit_is_refused(string fields, string path, string reason)
    {
        await using TestServer server = await TestServer.StartAsync([("ctr/1", TestMarket.Package("fm"))]);
        (HttpStatusCode status, JsonElement body) = await server.PostAsync("/v1/rank", $$$"""{"items":[{"id":"i1"}],"overrides":{"fields_off":{{{fields}}}}}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.StartsWith(reason, body.GetProperty("errors").GetProperty(path).GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_field_that_compression_left_as_a_constant_is_not_looked_up_and_its_values_are_passed_over()
    {
        ModelPackage package = TestMarket.Package("dcnv2-parallel");
        int genres = package.Fields.ToList().FindIndex(field => field.Name == "genres");
        ModelPackage removed = package with
        {
            Tables = [.. package.Tables.Select((table, f) => f == genres ? table with { Keys = [], Rows = [], Default = table.Mean } : table)],
            Compression = JsonSerializer.SerializeToElement(new { removed_fields = new[] { "genres" } }),
        };
        await using TestServer server = await TestServer.StartAsync([("ctr/1", package), ("small/1", removed)]);
        JsonElement off = await server.RankAsync("""{"user":{"id":"u1"},"items":[{"id":"i1"}],"overrides":{"fields_off":["genres"]}}""", "/v1/rank/ctr");
        foreach (string value in (string[])["[\"sf\",\"drama\"]", "7", "{}"])
        {
            JsonElement without = await server.RankAsync($$$"""{"user":{"id":"u1"},"items":[{"id":"i1","features":{"genres":{{{value}}} } }],"explain":true}""", "/v1/rank/small");
            Assert.Equal(off.GetProperty("items")[0].GetProperty("score").GetDouble(), without.GetProperty("items")[0].GetProperty("score").GetDouble(), 1e-7);
            Assert.Equal(Requested(off), Requested(without));
            Assert.DoesNotContain("genres", without.GetProperty("quality").GetRawText(), StringComparison.Ordinal);
        }

        (HttpStatusCode status, _) = await server.PostAsync("/v1/rank/small", """{"items":[{"id":"i1"}],"overrides":{"fields_off":["genres"]}}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
    }

    private static int Requested(JsonElement answer) => answer.GetProperty("quality").GetProperty("rows").GetProperty("requested").GetInt32();

    private static string Body(string user, string variant) => $$$"""{"user":{"id":"{{{user}}}"},"items":[{"id":"i3"}],"overrides":{"experiments":{"worth-of-genres":"{{{variant}}}"} } }""";

    private static Task<TestServer> StartAsync(string experiments) => TestServer.StartAsync([("ctr/1", TestMarket.Package("deepfm"))], (options, folder) =>
    {
        string file = Path.Combine(folder, "experiments.json");
        File.WriteAllText(file, experiments);
        return options with { ExperimentsFile = file };
    });
}
