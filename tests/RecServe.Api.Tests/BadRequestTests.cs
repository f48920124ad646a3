using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using RecServe.Api.Problems;

namespace RecServe.Api.Tests;

/// <summary>What the server says to bad input, by the exact problem document, over real HTTP.</summary>
public sealed class BadRequestTests(BadRequestTests.SmallLimits fixture) : IClassFixture<BadRequestTests.SmallLimits>
{
    private const string Ok = """ "items":[{"id":"i1"}] """;

    private static readonly string Long = new('x', 65);

    /// <summary>Path, body, type, detail, member at fault (null for none), what is wrong with it.</summary>
    public static TheoryData<string, string, string, string, string?> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, string, string, string?>();
            void Add(string body, string slug, string detail, string? member = null, string path = "/v1/rank") => cases.Add(path, body, slug, detail, member);
            void At(string body, string slug, string member, string reason, string path = "/v1/rank") => Add(body, slug, $"{member} {reason}", member, path);

            // Not JSON.
            Add("", "malformed_json", "the body is not valid JSON: reading stopped at line 1, byte 1");
            Add("{", "malformed_json", "the body is not valid JSON: reading stopped at line 1, byte 2");
            Add("{\n \"items\":[}", "malformed_json", "the body is not valid JSON: reading stopped at line 2, byte 11");
            Add("{" + Ok + "} trailing", "malformed_json", "the body is not valid JSON: reading stopped at line 1, byte 27");
            Add("{" + Ok + ",}", "malformed_json", "the body is not valid JSON: reading stopped at line 1, byte 26");
            Add("{\"k\":01," + Ok + "}", "malformed_json", "the body is not valid JSON: reading stopped at line 1, byte 7");
            Add("{\"k\":NaN," + Ok + "}", "malformed_json", "the body is not valid JSON: reading stopped at line 1, byte 6");
            At("{\"k\":1,\"k\":2," + Ok + "}", "malformed_json", "k", "stands twice");
            Add("{\"items\":" + new string('[', 17) + new string(']', 17) + "}", "invalid_request", "items[0] must be an object, not an array", "items[0]");
            Add("{\"other\":" + new string('[', 16) + new string(']', 16) + "," + Ok + "}", "too_deep", "objects and arrays are nested deeper than 16 levels, the limit");
            At("{\"request_id\":\"\\ud800\"," + Ok + "}", "invalid_utf8", "request_id", "holds an escaped half of a surrogate pair, which is no text");

            foreach (string half in (string[])["{\"\\ud800\":1," + Ok + "}", "{\"user\":{\"\\udc00\":1}," + Ok + "}", "{\"items\":[{\"id\":\"a\",\"\\ud800\":1}]}"])
                Add(half, "invalid_utf8", "the body holds an escaped half of a surrogate pair, which is no text");
            At("{\"items\":[{\"id\":\"a\",\"features\":{\"\\ud800\":1}}]}", "invalid_utf8", "a feature's name in items[0].features", "holds an escaped half of a surrogate pair, which is no text");
            At("{\"exclude\":[\"a\",\"\\ud800\"]," + Ok + "}", "invalid_utf8", "exclude[1]", "holds an escaped half of a surrogate pair, which is no text");
            At("{\"user\":{\"id\":\"a\",\"id\":\"b\"}," + Ok + "}", "malformed_json", "user.id", "stands twice");
            At("{\"user\":{\"features\":{},\"features\":{}}," + Ok + "}", "malformed_json", "user.features", "stands twice");
            At("{\"items\":[{\"id\":\"a\",\"id\":\"b\"}]}", "malformed_json", "items[0].id", "stands twice");
            At("{\"items\":[{\"id\":\"a\",\"features\":{},\"features\":{}}]}", "malformed_json", "items[0].features", "stands twice");
            At("{\"overrides\":{\"experiments\":{},\"experiments\":{}}," + Ok + "}", "malformed_json", "overrides.experiments", "stands twice");

            // Not a rank request.
            Add("[]", "invalid_request", "the body must be a JSON object, not an array");
            Add("null", "invalid_request", "the body must be a JSON object, not null");
            At("{}", "invalid_request", "items", "is missing");
            At("{\"items\":[]}", "invalid_request", "items", "must hold at least one candidate");
            At("{\"items\":null}", "invalid_request", "items", "must be an array of objects, not null");
            At("{\"items\":{}}", "invalid_request", "items", "must be an array of objects, not an object");
            At("{\"items\":[{\"id\":\"a\"},\"b\"]}", "invalid_request", "items[1]", "must be an object, not a string");
            At("{\"items\":[{\"id\":\"a\"},{\"features\":{}}]}", "invalid_request", "items[1].id", "is missing");
            At("{\"items\":[{\"id\":7}]}", "invalid_request", "items[0].id", "must be a string, not a number");
            At("{\"items\":[{\"id\":\"\"}]}", "invalid_request", "items[0].id", "must not be empty");
            At("{\"items\":[{\"id\":\"a\"},{\"id\":\"b\"},{\"id\":\"\\u0061\"}]}", "invalid_request", "items[2].id", "is 'a', as items[0].id already is");
            At("{\"items\":[{\"id\":\"a\",\"features\":[]}]}", "invalid_request", "items[0].features", "must be an object, not an array");
            At("{\"user\":\"u1\"," + Ok + "}", "invalid_request", "user", "must be an object, not a string");
            At("{\"user\":{\"id\":42}," + Ok + "}", "invalid_request", "user.id", "must be a string, not a number");
            At("{\"user\":{\"id\":\"\"}," + Ok + "}", "invalid_request", "user.id", "must not be empty");
            At("{\"user\":{\"features\":1}," + Ok + "}", "invalid_request", "user.features", "must be an object, not a number");
            At("{\"context\":true," + Ok + "}", "invalid_request", "context", "must be an object, not true or false");
            At("{\"exclude\":\"i1\"," + Ok + "}", "invalid_request", "exclude", "must be an array of item ids, not a string");
            At("{\"exclude\":[\"a\",1]," + Ok + "}", "invalid_request", "exclude[1]", "must be a string, not a number");
            At("{\"k\":0," + Ok + "}", "invalid_request", "k", "must be a whole number of 1 or more");
            At("{\"k\":-3," + Ok + "}", "invalid_request", "k", "must be a whole number of 1 or more");
            At("{\"k\":2.5," + Ok + "}", "invalid_request", "k", "must be a whole number of 1 or more");
            At("{\"k\":\"10\"," + Ok + "}", "invalid_request", "k", "must be a whole number of 1 or more");
            At("{\"deadline_ms\":0," + Ok + "}", "invalid_request", "deadline_ms", "must be a number above 0");
            At("{\"deadline_ms\":\"30\"," + Ok + "}", "invalid_request", "deadline_ms", "must be a number above 0");
            At("{\"explain\":1," + Ok + "}", "invalid_request", "explain", "must be true or false, not a number");
            At("{\"max_staleness_ms\":-1," + Ok + "}", "invalid_request", "max_staleness_ms", "must be a whole number of 0 or more");
            At("{\"request_id\":5," + Ok + "}", "invalid_request", "request_id", "must be a string, not a number");
            At("{\"overrides\":[]," + Ok + "}", "invalid_request", "overrides", "must be an object, not an array");
            At("{\"overrides\":{\"experiments\":{\"e\":1}}," + Ok + "}", "invalid_request", "overrides.experiments.e", "must be a string, not a number");
            At("{\"overrides\":{\"experiments\":{\"e\":\"v\"}}," + Ok + "}", "invalid_request", "overrides.experiments.e", "is no experiment of this server");
            At("{\"model\":\"n\"," + Ok + "}", "invalid_request", "model", "is 'n', the path names 'm'", "/v1/rank/m");
            At("{\"read_after\":\"rows:3\"," + Ok + "}", "invalid_request", "read_after", "is no freshness token; a token is what a write answers, such as rows:3@184467");

            // Over a limit.
            At("{\"items\":[" + string.Join(',', Enumerable.Range(0, 9).Select(n => $"{{\"id\":\"{n}\"}}")) + "]}", "over_limit", "items", "holds more than 8 candidates, the limit");
            At("{\"items\":[{\"id\":\"" + Long + "\"}]}", "over_limit", "items[0].id", "is longer than 64 bytes, the limit");
            At("{\"user\":{\"id\":\"" + Long + "\"}," + Ok + "}", "over_limit", "user.id", "is longer than 64 bytes, the limit");
            At("{\"items\":[{\"id\":\"a\",\"features\":{\"genres\":\"" + Long + "\"}}]}", "over_limit", "items[0].features.genres", "is longer than 64 bytes, the limit");
            At("{\"context\":{\"hour\":[\"" + Long + "\"]}," + Ok + "}", "over_limit", "context.hour", "is longer than 64 bytes, the limit");
            At("{\"context\":{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5}," + Ok + "}", "over_limit", "context", "holds more than 4 features, the limit");
            At("{\"user\":{\"features\":{\"history\":[1,2,3,4,5]}}," + Ok + "}", "over_limit", "user.features.history", "holds more than 4 values, the limit");
            At("{\"exclude\":[\"1\",\"2\",\"3\",\"4\"]," + Ok + "}", "over_limit", "exclude", "holds more than 3 ids, the limit");
            At("{\"k\":8," + Ok + "}", "over_limit", "k", "is 8, the limit is 7");
            At("{\"k\":99999999999," + Ok + "}", "over_limit", "k", "is 99999999999, the limit is 7");
            At("{\"items\":[{\"id\":\"a\",\"features\":{\"" + Long + "\":1}}]}", "over_limit", "a feature's name in items[0].features", "is longer than 64 bytes, the limit");
            At("{\"exclude\":[\"" + Long + "\"]," + Ok + "}", "over_limit", "exclude[0]", "is longer than 64 bytes, the limit");
            At("{\"deadline_ms\":60001," + Ok + "}", "over_limit", "deadline_ms", "is over the limit of 60000 ms");
            At("{\"explain\":true,\"items\":[{\"id\":\"1\"},{\"id\":\"2\"},{\"id\":\"3\"}]}", "over_limit", "explain", "would explain 3 items, the limit is 2: ask for k of at most that");
            Add("{\"request_id\":\"" + new string('x', 5000) + "\"}", "over_limit", "the body is longer than 4096 bytes, the limit");

            // Not what the model's fields take.
            At("{\"items\":[{\"id\":\"a\"},{\"id\":\"b\",\"features\":{\"price\":\"cheap\"}}]}", "invalid_feature", "items[1].features.price", "must be a finite number");
            At("{\"items\":[{\"id\":\"a\",\"features\":{\"price\":1e999}}]}", "invalid_feature", "items[0].features.price", "must be a finite number");
            At("{\"items\":[{\"id\":\"a\",\"features\":{\"price\":true}}]}", "invalid_feature", "items[0].features.price", "must be a finite number");
            At("{\"items\":[{\"id\":\"a\",\"features\":{\"price\":[1]}}]}", "invalid_feature", "items[0].features.price", "takes one value, not an array");
            At("{\"items\":[{\"id\":\"a\",\"features\":{\"genres\":{\"sf\":1}}}]}", "invalid_feature", "items[0].features.genres", "must be a string, a number or an array of these");
            At("{\"items\":[{\"id\":\"a\",\"features\":{\"genres\":[\"sf\",null]}}]}", "invalid_feature", "items[0].features.genres", "must be a string, a number or an array of these");
            At("{\"user\":{\"features\":{\"country\":{}}}," + Ok + "}", "invalid_feature", "user.features.country", "must be a string, a number, true, false or null");
            At("{\"context\":{\"age\":\"old\"}," + Ok + "}", "invalid_feature", "context.age", "must be a finite number");
            At("{\"items\":[{\"id\":\"a\"},{\"id\":\"b\",\"features\":{\"price\":3e38}}]}", "not_finite", "items[1]",
                "has no finite score: a number in its features, the user's or the context's is too large for the model", "/v1/rank/deep");

            // Models and paths.
            Add("{" + Ok + "}", "unknown_model", "no model 'other' is served; the models are: deep, m", null, "/v1/rank/other");
            Add("{" + Ok + "}", "unknown_model", "model 'm' has no version '2'; the versions are: 1", null, "/v1/rank/m@2");
            Add("{\"model\":\"other@1\"," + Ok + "}", "unknown_model", "no model 'other' is served; the models are: deep, m");
            Add("{}", "not_found", "nothing is served at /v1/rnak; /openapi/v1.json lists what is", null, "/v1/rnak");
            Add("{}", "method_not_allowed", "/v1/models takes GET, HEAD, not POST", null, "/v1/models");

            // Batches and feedback.
            Add("[]", "invalid_request", "the body must be a JSON object with the member requests", null, "/v1/rank:batch");
            At("{}", "invalid_request", "requests", "is missing", "/v1/rank:batch");
            At("{\"requests\":[]}", "invalid_request", "requests", "must hold at least one ranking", "/v1/rank:batch");
            At("{\"requests\":{}}", "invalid_request", "requests", "must be an array of rank requests", "/v1/rank:batch");
            At("{\"requests\":[1,2,3]}", "over_limit", "requests", "holds more than 2 rankings, the limit", "/v1/rank:batch");
            Add("{\"requests\":[{]}", "malformed_json", "the body is not valid JSON: reading stopped at line 1, byte 15", null, "/v1/rank:batch");
            At("{}", "invalid_request", "events", "is missing", "/v1/feedback");
            At("{\"events\":[1]}", "invalid_request", "events[0]", "must be an object", "/v1/feedback");
            At("{\"events\":[{}]}", "invalid_request", "events[0].event_id", "is missing", "/v1/feedback");
            At("{\"events\":[{\"event_id\":\"e\",\"ranking_id\":\"r\"}]}", "invalid_request", "events[0].ranking_id", "is no ranking id: 26 characters, as the answer of a ranking gives it", "/v1/feedback");
            At(Event("\"item_id\":\"i\",\"type\":\"stare\""), "invalid_request", "events[0].type", "is 'stare', not one of impression, click, like, dislike, view, watch, cart, purchase, share, skip", "/v1/feedback");
            At(Event("\"item_id\":\"i\",\"type\":\"click\",\"time\":\"yesterday\""), "invalid_request", "events[0].time", "must be an RFC 3339 text or Unix milliseconds", "/v1/feedback");
            At(Event("\"item_id\":\"i\",\"type\":\"click\",\"value\":\"2\""), "invalid_request", "events[0].value", "must be a number from -1e15 to 1e15", "/v1/feedback");
            At(Event("\"item_id\":\"i\",\"type\":\"click\",\"value\":1e308"), "invalid_request", "events[0].value", "must be a number from -1e15 to 1e15", "/v1/feedback");
            At(Event("\"item_id\":\"i\",\"type\":\"click\",\"value\":-1e999"), "invalid_request", "events[0].value", "must be a number from -1e15 to 1e15", "/v1/feedback");
            Add("{\"events\":" + new string('[', 40) + new string(']', 40) + "}", "too_deep", "objects and arrays are nested deeper than 16 levels, the limit", null, "/v1/feedback");
            Add("{\"events\":[1],\"events\":[2]}", "malformed_json", "a member stands twice in one object", null, "/v1/feedback");
            Add("{\"events\":[{\"event_id\":\"a\",\"event_id\":\"b\"}]}", "malformed_json", "a member stands twice in one object", null, "/v1/feedback");
            Add("{\"events\":[{\"event_id\":\"\\ud800\"}]}", "invalid_utf8", "the body holds an escaped half of a surrogate pair, which is no text", null, "/v1/feedback");
            Add("{\"\\ud800equests\":1}", "invalid_utf8", "the body holds an escaped half of a surrogate pair, which is no text", null, "/v1/rank:batch");
            At("{\"events\":[{},{},{},{}]}", "over_limit", "events", "holds 4 events, the limit is 3", "/v1/feedback");
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Server_bad_input_gets_the_exact_problem(string path, string body, string slug, string detail, string? member)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await fixture.Server.Client.PostAsync(path, content);
        await AssertProblemAsync(response, slug, detail, member);
    }

    [Theory]
    [InlineData("text/plain", null, "Content-Type text/plain is not supported; send application/json")]
    [InlineData("application/x-www-form-urlencoded", null, "Content-Type application/x-www-form-urlencoded is not supported; send application/json")]
    [InlineData("application/json; charset=latin1", null, "charset latin1 is not supported; send UTF-8")]
    [InlineData("application/json", "gzip", "Content-Encoding gzip is not supported; send the JSON as it is")]
    [InlineData(null, null, "the header Content-Type is missing; send application/json")]
    public async Task Server_body_that_is_no_json_gets_415(string? type, string? encoding, string detail)
    {
        using var content = new ByteArrayContent("{}"u8.ToArray());
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);
        using HttpResponseMessage response = await fixture.Server.Client.PostAsync("/v1/rank", content);
        await AssertProblemAsync(response, "unsupported_media_type", detail, null);
    }

    [Theory]
    [InlineData(new byte[] { 0x7B, 0x22, 0xC3, 0x28, 0x22 }, 3)]
    [InlineData(new byte[] { 0xFF }, 1)]
    [InlineData(new byte[] { 0x22, 0xED, 0xA0, 0x80, 0x22 }, 2)]
    public async Task Server_invalid_utf8_is_named_by_its_byte(byte[] body, int at)
    {
        foreach (string path in (string[])["/v1/rank", "/v1/rank:batch", "/v1/feedback"])
        {
            using HttpResponseMessage response = await fixture.Server.Client.PostAsync(path, Json(body));
            await AssertProblemAsync(response, "invalid_utf8", $"the body is not valid UTF-8 from byte {at} on", null);
        }
    }

    [Fact]
    public async Task Server_chunked_body_over_the_limit_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/rank") { Content = Json(new byte[10_000]) };
        request.Headers.TransferEncodingChunked = true;
        using HttpResponseMessage response = await fixture.Server.Client.SendAsync(request);
        await AssertProblemAsync(response, "over_limit", "the body is longer than 4096 bytes, the limit", null);
    }

    [Fact]
    public async Task Server_five_megabytes_of_nesting_are_refused_under_default_limits()
    {
        await using TestServer server = await TestServer.StartAsync([("m/1", TestMarket.Package("lr"))]);
        using HttpResponseMessage large = await server.Client.PostAsync("/v1/rank", Json(Encoding.UTF8.GetBytes(new string('[', 5 << 20))));
        await AssertProblemAsync(large, "over_limit", "the body is longer than 4194304 bytes, the limit", null);
        using HttpResponseMessage deep = await server.Client.PostAsync("/v1/rank", Json(Encoding.UTF8.GetBytes("{\"x\":" + new string('[', 4_000_000))));
        await AssertProblemAsync(deep, "too_deep", "objects and arrays are nested deeper than 16 levels, the limit", null);
    }

    [Fact]
    public async Task Server_batch_element_that_is_wrong_spoils_only_itself()
    {
        (HttpStatusCode status, JsonElement body) = await fixture.Server.PostAsync("/v1/rank:batch", """{"requests":[{"items":[{"id":""}]},{"items":[{"id":"i1"}]}]}""");
        Assert.Equal(HttpStatusCode.OK, status);
        JsonElement bad = body.GetProperty("responses")[0], good = body.GetProperty("responses")[1];
        Assert.Equal(422, bad.GetProperty("status").GetInt32());
        Assert.Equal("must not be empty", bad.GetProperty("problem").GetProperty("errors").GetProperty("items[0].id").GetString());
        Assert.Equal(200, good.GetProperty("status").GetInt32());
        Assert.Equal("i1", good.GetProperty("ranking").GetProperty("items")[0].GetProperty("id").GetString());
    }

    private static async Task AssertProblemAsync(HttpResponseMessage response, string slug, string detail, string? member)
    {
        ProblemType type = ProblemTypes.Find(slug)!;
        JsonElement body = await TestServer.BodyAsync(response);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.ToString());
        var expected = new Dictionary<string, object> { ["type"] = $"/problems/{slug}", ["title"] = type.Title, ["status"] = type.Status, ["detail"] = detail };
        if (member is not null)
            expected["errors"] = new Dictionary<string, string> { [member] = detail[(member.Length + 1)..] };
        Assert.Equal(JsonSerializer.SerializeToElement(expected).ToString(), JsonSerializer.SerializeToElement(body).ToString());
        Assert.Equal(type.Status, (int)response.StatusCode);
    }

    private static ByteArrayContent Json(byte[] body) => new(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    private static string Event(string rest) => "{\"events\":[{\"event_id\":\"e\",\"ranking_id\":\"01ARZ3NDEKTSV4RRFFQ69G5FAV\"," + rest + "}]}";

    /// <summary>One server with limits that short bodies exceed.</summary>
    public sealed class SmallLimits : IAsyncLifetime
    {
        internal TestServer Server { get; private set; } = null!;

        public async Task InitializeAsync() => Server = await TestServer.StartAsync([("m/1", TestMarket.Package("fm")), ("deep/1", TestMarket.Package("dcnv2-stacked"))], (options, _) => options with
        {
            MaxBodyBytes = 4096, MaxCandidates = 8, MaxExcluded = 3, MaxFeaturesPerEntity = 4, MaxStringBytes = 64, MaxK = 7, MaxBatchRequests = 2,
            MaxExplainedItems = 2, MaxFeedbackEvents = 3, DefaultModel = "m",
        });

        public async Task DisposeAsync() => await Server.DisposeAsync();
    }
}
