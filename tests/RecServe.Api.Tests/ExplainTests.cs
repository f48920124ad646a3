using System.Text.Json;
using RecServe.Artifacts;

namespace RecServe.Api.Tests;

public sealed class ExplainTests
{
    [Theory]
    [MemberData(nameof(RankTests.AllKinds), MemberType = typeof(RankTests))]
    public async Task Explain_contributions_lead_from_the_average_to_the_item(string kind)
    {
        ModelPackage package = TestMarket.Package(kind);
        await using TestServer server = await TestServer.StartAsync([("m/1", package)]);
        var reference = new ReferenceRanker(package);
        JsonElement answer = await server.RankAsync("""
            {"user":{"id":"stranger","features":{"history":["i1","never-seen"]}},"context":{"hour":9},"k":2,"explain":true,
             "items":[{"id":"i1"},{"id":"i2"},{"id":"new","features":{"price":4}}]}
            """);
        Assert.Equal(2, answer.GetProperty("items").GetArrayLength());
        foreach (JsonElement item in answer.GetProperty("items").EnumerateArray())
        {
            JsonElement explanation = item.GetProperty("explanation");
            JsonElement[] contributions = [.. explanation.GetProperty("contributions").EnumerateArray()];
            Assert.Equal(package.Fields.Select(f => f.Name), contributions.Select(c => c.GetProperty("field").GetString()));
            double logit = explanation.GetProperty("logit").GetDouble(), start = explanation.GetProperty("base_logit").GetDouble();
            Assert.Equal(logit - start, contributions.Sum(c => c.GetProperty("contribution").GetDouble()), 1e-5);
            Assert.Equal(reference.LogitOf(reference.Means()), start, 1e-4);
            Assert.Equal(item.GetProperty("score").GetDouble(), 1 / (1 + Math.Exp(-logit)), 1e-5);
            Assert.All(contributions, c => Assert.Equal("fp32", c.GetProperty("precision").GetString()));
            Assert.Equal("default", TierOf(contributions, "user"));
            Assert.Equal("mixed", TierOf(contributions, "history"));
            Assert.Equal("hot", TierOf(contributions, "hour"));
        }
    }

    private static string? TierOf(JsonElement[] contributions, string field) =>
        contributions.Single(c => c.GetProperty("field").GetString() == field).GetProperty("tier").GetString();
}
