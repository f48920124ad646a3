using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using RecServe.Api.Http;
using RecServe.Api.Models;
using RecServe.Api.Problems;
using RecServe.Api.Rank;

namespace RecServe.Api.Tests;

public sealed class HostTests
{
    [Fact]
    public async Task Host_serves_the_good_packages_and_names_the_broken_ones()
    {
        await using TestServer server = await TestServer.StartAsync([("m/9", TestMarket.Package("fm")), ("m/10", TestMarket.Package("lr"))], (options, _) =>
        {
            File.AppendAllText(Path.Combine(options.ModelsDirectory, "m", "10", "dense.safetensors"), "x");
            Directory.CreateDirectory(Path.Combine(options.ModelsDirectory, "empty", "1"));
            return options;
        });
        JsonElement ready = await server.GetAsync("/health/ready");
        Assert.Equal("degraded", ready.GetProperty("status").GetString());
        Assert.Equal(["m@9"], ready.GetProperty("models").EnumerateArray().Select(m => m.GetString()));
        Assert.Equal(["empty/1", "m/10"], ready.GetProperty("broken").EnumerateArray().Select(b => b.GetProperty("package").GetString()));
        Assert.Contains("dense.safetensors", ready.GetProperty("broken")[1].GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Host_keeps_the_newest_versions_only()
    {
        await using TestServer server = await TestServer.StartAsync(
            [.. new[] { "1", "2", "9", "10" }.Select(v => ($"m/{v}", TestMarket.Package("lr")))], (options, _) => options with { VersionsPerModel = 2 });
        JsonElement model = await server.GetAsync("/v1/models/m");
        Assert.Equal("""["10","9"]""", model.GetProperty("versions").GetRawText());
        Assert.Equal("""["2","1"]""", model.GetProperty("not_loaded").GetRawText());
        Assert.Equal(0.75, model.GetProperty("details")[0].GetProperty("metrics").GetProperty("test_auc").GetDouble());
        JsonElement problem = (await server.PostAsync("/v1/rank/m@2", """{"items":[{"id":"i1"}]}""")).Body;
        Assert.Equal("version '2' of model 'm' is not in memory; the versions that are: 10, 9", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Models_tells_the_sizes_of_cross_layers_of_low_rank()
    {
        await using TestServer server = await TestServer.StartAsync([("low/1", TestMarket.MixturePackage()), ("full/1", TestMarket.Package("dcnv2-parallel"))], (options, _) => options with { DefaultModel = "low" });
        Assert.Equal("""{"experts":2,"rank":3}""", (await server.GetAsync("/v1/models/low")).GetProperty("details")[0].GetProperty("cross_mixture").GetRawText());
        Assert.False((await server.GetAsync("/v1/models/full")).GetProperty("details")[0].TryGetProperty("cross_mixture", out _));
        Assert.Equal(1, (await server.RankAsync("""{"items":[{"id":"i1"}]}""")).GetProperty("items").GetArrayLength());
    }

    [Theory]
    [InlineData("MaxCandidates")]
    [InlineData("models folder")]
    [InlineData("address to listen on")]
    [InlineData("no package")]
    [InlineData("default model 'x' is not served")]
    [InlineData("exposure file")]
    [InlineData("is a model package itself")]
    [InlineData("is the folder of one model (1 is a version of it)")]
    [InlineData("'256.1.1.1' is neither an IP address nor localhost")]
    [InlineData("'myhost' is neither an IP address nor localhost")]
    [InlineData("cannot listen on http://192.0.2.1:1: ")]
    public async Task Host_that_cannot_start_says_why(string expected)
    {
        ServingException failure = await Assert.ThrowsAsync<ServingException>(() => TestServer.StartAsync([("m/1", TestMarket.Package("lr"))], (options, root) => expected switch
        {
            "MaxCandidates" => options with { MaxCandidates = 0 },
            "models folder" => options with { ModelsDirectory = Path.Combine(root, "nowhere") },
            "address to listen on" => options with { Urls = "ftp://x" },
            "no package" => options with { ModelsDirectory = Directory.CreateDirectory(Path.Combine(root, "none")).FullName },
            "exposure file" => options with { ExposureFile = Path.Combine(root, "no", "such", "folder.jsonl") },
            "is a model package itself" => options with { ModelsDirectory = Path.Combine(options.ModelsDirectory, "m", "1") },
            "is the folder of one model (1 is a version of it)" => options with { ModelsDirectory = Path.Combine(options.ModelsDirectory, "m") },
            "'256.1.1.1' is neither an IP address nor localhost" => options with { Urls = "http://256.1.1.1:0" },
            "'myhost' is neither an IP address nor localhost" => options with { Urls = "http://127.0.0.1:0;http://myhost:0" },
            "cannot listen on http://192.0.2.1:1: " => options with { Urls = "http://192.0.2.1:1" }, // reserved for documentation: no machine has it
            _ => options with { DefaultModel = "x" },
        }));
        Assert.Contains(expected, failure.Message);
    }

    [Fact]
    public async Task Host_port_in_use_is_told_as_such()
    {
        await using TestServer first = await TestServer.StartAsync([("m/1", TestMarket.Package("lr"))]);
        ServingException failure = await Assert.ThrowsAsync<ServingException>(() =>
            TestServer.StartAsync([("m/1", TestMarket.Package("lr"))], (options, _) => options with { Urls = first.App.Urls.First() }));
        Assert.Contains("cannot listen", failure.Message);
    }

    [Fact]
    public async Task Host_every_problem_type_has_its_page()
    {
        await using TestServer server = await TestServer.StartAsync([("m/1", TestMarket.Package("lr"))]);
        string list = await server.Client.GetStringAsync("/problems");
        Assert.Equal(ProblemTypes.All.Count, ProblemTypes.All.Select(t => t.Slug).Distinct().Count());
        foreach (ProblemType type in ProblemTypes.All)
        {
            Assert.Contains(type.Slug, list);
            Assert.Contains(WebUtility.HtmlEncode(type.Meaning), await server.Client.GetStringAsync(type.Uri));
        }

        using HttpResponseMessage unknown = await server.Client.GetAsync("/problems/none");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Contains("m</a> (default)", await server.Client.GetStringAsync("/"));
    }

    [Fact]
    public async Task OpenApi_document_lists_exactly_the_endpoints()
    {
        await using TestServer server = await TestServer.StartAsync([("m/1", TestMarket.Package("lr"))]);
        JsonElement document = await server.GetAsync("/openapi/v1.json");
        string[] described = [.. document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(m => $"{m.Name.ToUpperInvariant()} {path.Name}")).Order()];
        string[] mapped = [.. server.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(e => $"{e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0]} {e.RoutePattern.RawText}").Order()];
        Assert.Equal(mapped, described);

        // Every reference leads somewhere.
        string text = document.GetRawText();
        foreach (System.Text.RegularExpressions.Match match in System.Text.RegularExpressions.Regex.Matches(text, "\"#/components/(\\w+)/(\\w+)\""))
            Assert.True(document.GetProperty("components").GetProperty(match.Groups[1].Value).TryGetProperty(match.Groups[2].Value, out _), match.Value);
    }

    [Fact]
    public async Task OpenApi_document_describes_the_answer_that_is_given()
    {
        await using TestServer server = await TestServer.StartAsync([("m/1", TestMarket.Package("lr"))]);
        JsonElement schemas = (await server.GetAsync("/openapi/v1.json")).GetProperty("components").GetProperty("schemas");
        JsonElement answer = await server.RankAsync("""{"request_id":"r","x":1,"explain":true,"items":[{"id":"i1"}],"overrides":{"fields_off":["price"]}}""");
        AssertMembers(schemas.GetProperty("RankResponse"), answer);
        AssertMembers(schemas.GetProperty("RankResponse").GetProperty("properties").GetProperty("quality"), answer.GetProperty("quality"));
        AssertMembers(schemas.GetProperty("Explanation"), answer.GetProperty("items")[0].GetProperty("explanation"));

        static void AssertMembers(JsonElement schema, JsonElement value) => Assert.Equal(
            schema.GetProperty("properties").EnumerateObject().Select(p => p.Name).Order(), value.EnumerateObject().Select(p => p.Name).Order());
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/metrics")]
    [InlineData("/v1/models")]
    public async Task Host_head_is_answered_like_get_without_the_body(string path)
    {
        await using TestServer server = await TestServer.StartAsync([("m/1", TestMarket.Package("lr"))]);
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using HttpResponseMessage response = await server.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public void RequestScratchPool_keeps_no_memory_that_one_huge_request_blew_up()
    {
        using var pool = new RequestScratchPool();
        RequestScratch scratch = pool.Rent();
        pool.Return(scratch);
        Assert.Same(scratch, pool.Rent());
        for (int n = 0; n < 8_000_000; n++)
            scratch.Request.Elements.Add(default);
        pool.Return(scratch);
        Assert.NotSame(scratch, pool.Rent());
    }

    [Fact]
    public void RequestScratchPool_counts_what_is_rented_and_keeps_two_a_core()
    {
        using var pool = new RequestScratchPool();
        RequestScratch[] rented = [.. Enumerable.Range(0, (2 * Environment.ProcessorCount) + 3).Select(_ => pool.Rent())];
        Assert.Equal(rented.Length, pool.Rented);
        foreach (RequestScratch scratch in rented)
            pool.Return(scratch);

        Assert.Equal(0, pool.Rented);
        Assert.Equal(2 * Environment.ProcessorCount, Enumerable.Range(0, rented.Length).Count(_ => rented.Contains(pool.Rent())));
    }

    [Fact]
    public async Task Host_full_refuses_with_retry_after()
    {
        await using TestServer server = await TestServer.StartAsync([("m/1", TestMarket.Package("lr"))], (options, _) => options with { MaxInFlight = 1, RetryAfterSeconds = 7 });
        using var held = new HeldContent();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/rank") { Content = held };
        Task<HttpResponseMessage> first = server.Client.SendAsync(request);
        await held.Started;
        await TestServer.UntilAsync(() => server.Service<InFlightGate>().InFlight == 1);
        using (var content = new StringContent("""{"items":[{"id":"i1"}]}""", Encoding.UTF8, "application/json"))
        using (HttpResponseMessage refused = await server.Client.PostAsync("/v1/rank", content))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal("7", refused.Headers.GetValues("Retry-After").Single());
            Assert.Equal("1 requests are being answered, the limit; retry after 7 s", (await TestServer.BodyAsync(refused)).GetProperty("detail").GetString());
        }

        held.Finish();
        using HttpResponseMessage answered = await first;
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }

    [Fact]
    public async Task Host_stopping_is_not_ready_and_finishes_what_is_in_flight()
    {
        await using TestServer server = await TestServer.StartAsync([("m/1", TestMarket.Package("lr"))]);
        using var held = new HeldContent();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/rank") { Content = held };
        Task<HttpResponseMessage> first = server.Client.SendAsync(request);
        await held.Started;
        await TestServer.UntilAsync(() => server.Service<InFlightGate>().InFlight == 1);
        Task stopping = server.App.StopAsync();
        Assert.False(server.Service<Health.Readiness>().IsReady);
        held.Finish();
        using HttpResponseMessage answered = await first;
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
        await stopping;
    }

    [Theory]
    [InlineData("9", "10")]
    [InlineData("v2", "v10")]
    [InlineData("2024-01-31", "2024-02-01")]
    [InlineData("1.9", "1.10")]
    [InlineData("1", "1a")]
    [InlineData("01", "1")]
    public void NaturalVersionOrder_orders_as_people_number(string older, string newer)
    {
        Assert.True(NaturalVersionOrder.Instance.Compare(older, newer) < 0);
        Assert.True(NaturalVersionOrder.Instance.Compare(newer, older) > 0);
        Assert.Equal(0, NaturalVersionOrder.Instance.Compare(newer, newer));
    }
}
