using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace RecServe.Api.Tests.FeatureRows;

public sealed class FeaturesEndpointTests
{
    [Fact]
    public async Task Row_that_was_put_is_got_and_goes_when_it_is_deleted()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        await using TestServer server = await StartAsync(time: time);
        Assert.Equal("""{"entity":"user","id":"u 1","version":"1767323045000000","result":"stored"}""",
            (await PutAsync(server, "user/u%201", """{"features":{"country":"DE","history":["i1","i2"]}}""")).Body.GetRawText());
        Assert.Equal("""{"entity":"user","id":"u 1","version":"1767323045000000","producer":"http","event_time":0,"features":{"country":"DE","history":["i1","i2"]}}""",
            (await server.GetAsync("/v1/features/user/u%201")).GetRawText());

        time.Advance(TimeSpan.FromSeconds(1));
        using HttpResponseMessage deleted = await server.Client.DeleteAsync("/v1/features/user/u%201");
        Assert.Equal("""{"entity":"user","id":"u 1","version":"1767323046000000","result":"deleted"}""", (await TestServer.BodyAsync(deleted)).GetRawText());
        using HttpResponseMessage gone = await server.Client.GetAsync("/v1/features/user/u%201");
        Assert.Equal((HttpStatusCode.NotFound, "/problems/unknown_features"), (gone.StatusCode, (await TestServer.BodyAsync(gone)).GetProperty("type").GetString()));
    }

    [Fact]
    public async Task Row_that_is_not_newer_is_a_conflict_that_names_the_version()
    {
        await using TestServer server = await StartAsync();
        await PutAsync(server, "item/i1", """{"version":7,"producer":"shop","event_time":5,"features":{"price":3}}""");
        (HttpStatusCode status, JsonElement body) = await PutAsync(server, "item/i1", """{"version":7,"features":{"price":4}}""");

        Assert.Equal((HttpStatusCode.Conflict, "/problems/version_conflict"), (status, body.GetProperty("type").GetString()));
        Assert.Equal("""{"version":"is 7, and version 7 is there"}""", body.GetProperty("errors").GetRawText());
        Assert.Equal("3", (await server.GetAsync("/v1/features/item/i1")).GetProperty("features").GetProperty("price").GetRawText());
        Assert.Equal("shop", (await server.GetAsync("/v1/features/item/i1")).GetProperty("producer").GetString());
    }

    [Theory]
    [InlineData("user/u1", """{"features":{"hour":3}}""", 422, "invalid_feature", "features.hour")]
    [InlineData("user/u1", """{"features":{"country":["DE"]}}""", 422, "invalid_feature", "features.country")]
    [InlineData("item/i1", """{"features":{"price":"cheap"}}""", 422, "invalid_feature", "features.price")]
    [InlineData("item/i1", """{"features":{"price":1e999}}""", 422, "invalid_feature", "features.price")]
    [InlineData("item/i1", """{"id":"i2","features":{}}""", 422, "invalid_request", "id")]
    [InlineData("item/i1", """{"version":-1,"features":{}}""", 422, "invalid_request", "version")]
    [InlineData("item/i1", """{"featurs":{}}""", 422, "invalid_request", "featurs")]
    [InlineData("item/i1", "{}", 422, "invalid_request", "features")]
    [InlineData("item/i1", "[]", 422, "invalid_request", null)]
    [InlineData("item/i1", "{", 400, "malformed_json", null)]
    [InlineData("item/i1", """{"features":{},"features":{}}""", 400, "malformed_json", null)]
    [InlineData("shop/i1", """{"features":{}}""", 404, "not_found", null)]
    [InlineData("context/home", """{"features":{}}""", 404, "not_found", null)]
    public async Task What_is_wrong_with_a_row_is_named(string path, string json, int status, string type, string? member)
    {
        await using TestServer server = await StartAsync();
        (HttpStatusCode got, JsonElement body) = await PutAsync(server, path, json);

        Assert.Equal((status, $"/problems/{type}"), ((int)got, body.GetProperty("type").GetString()));
        Assert.Equal(member, body.TryGetProperty("errors", out JsonElement errors) ? errors.EnumerateObject().Single().Name : null);
    }

    [Fact]
    public async Task Limits_are_named()
    {
        await using TestServer server = await StartAsync(options => options with { MaxUpdateRows = 2 });
        string many = string.Join(',', Enumerable.Repeat("\"i1\"", 1_001));
        Assert.Equal("""{"features.history":"holds 1,001 values, the limit is 1,000"}""", Errors(await PutAsync(server, "user/u1", $$"""{"features":{"history":[{{many}}]} }"""), 413));
        string wide = string.Join(',', Enumerable.Repeat($"\"{new string('x', 1_000)}\"", 20));
        Assert.Equal("the row has 20,082 bytes, the limit is 16,384", (await PutAsync(server, "user/u1", $$"""{"features":{"history":[{{wide}}]} }""")).Body.GetProperty("detail").GetString());
        Assert.Equal("""{"id":"is longer than 1,024 bytes, the limit"}""", Errors(await PutAsync(server, $"user/{new string('x', 1_025)}", """{"features":{}}"""), 413));
        const string row = """{"entity":"user","id":"u1","features":{}}""";
        Assert.Equal("""{"rows":"holds 3 rows, the limit is 2"}""", Errors(await server.PostAsync("/v1/features:batch", $$"""{"rows":[{{row}},{{row}},{{row}}]}"""), 413));
        Assert.Equal("""{"rows":"is empty"}""", Errors(await server.PostAsync("/v1/features:batch", """{"rows":[]}"""), 422));
        Assert.Equal("""{"rows":"must be an array of rows"}""", Errors(await server.PostAsync("/v1/features:batch", "[]"), 422));
        Assert.Equal("""{"rows[1].features.country":"must be a text"}""", Errors(await server.PostAsync("/v1/features:batch",
            $$"""{"rows":[{{row}},{"entity":"user","id":"u2","features":{"country":[]} }]}"""), 422));
        Assert.Equal("""{"rows[0]":"a row must be an object"}""", Errors(await server.PostAsync("/v1/features:batch", """{"rows":[3]}"""), 422));
        using HttpResponseMessage absent = await server.Client.GetAsync("/v1/features/user/u1");
        Assert.Equal(HttpStatusCode.NotFound, absent.StatusCode);
        using HttpResponseMessage version = await server.Client.DeleteAsync("/v1/features/user/u1?version=0");
        Assert.Equal((HttpStatusCode)422, version.StatusCode);
    }

    [Fact]
    public async Task Store_that_is_full_says_so_and_takes_deletions()
    {
        await using TestServer server = await StartAsync(options => options with { FeatureMemoryMb = 1 });
        string row = $$"""{"features":{"history":[{{string.Join(',', Enumerable.Repeat($"\"{new string('x', 1_000)}\"", 15))}}]} }""";
        int kept = 0;
        (HttpStatusCode Status, JsonElement Body) answer;
        while ((answer = await PutAsync(server, $"user/u{kept}", row)).Status == HttpStatusCode.OK)
            kept++;
        Assert.InRange(kept, 50, 70);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "/problems/store_full"), (answer.Status, answer.Body.GetProperty("type").GetString()));
        using HttpResponseMessage deleted = await server.Client.DeleteAsync("/v1/features/user/u0");
        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PutAsync(server, $"user/u{kept}", row)).Status);
    }

    private static string Errors((HttpStatusCode Status, JsonElement Body) answer, int status)
    {
        Assert.True(status == (int)answer.Status, answer.Body.GetRawText());
        return answer.Body.GetProperty("errors").GetRawText();
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> PutAsync(TestServer server, string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await server.Client.PutAsync($"/v1/features/{path}", content);
        return (response.StatusCode, await TestServer.BodyAsync(response));
    }

    private static Task<TestServer> StartAsync(Func<ServingOptions, ServingOptions>? configure = null, TimeProvider? time = null) =>
        TestServer.StartAsync([("m/1", TestMarket.Package("fm"))], (options, _) => configure?.Invoke(options) ?? options, time);
}
