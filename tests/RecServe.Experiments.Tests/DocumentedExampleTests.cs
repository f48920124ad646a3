using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace RecServe.Experiments.Tests;

/// <summary>docs/formats/experiments.md says what the program does.</summary>
public class DocumentedExampleTests
{
    [Fact]
    public void Example_in_the_page_splits_traffic_between_two_models()
    {
        ExperimentSnapshot snapshot = ExperimentFile.Parse(Encoding.UTF8.GetBytes(Regex.Match(Page(), "```json\n(.*?)```", RegexOptions.Singleline).Groups[1].Value));
        Assert.Equal("ranker-v2", Assert.Single(snapshot.Experiments).Key);
        var versions = new Dictionary<string, int>();
        for (int i = 0; i < 1000; i++)
        {
            var attributes = new AttributeMap();
            attributes.Set("id", AttributeValue.Of($"reader-{i}"));
            string version = Assigner.Assign(snapshot, attributes).ValueOf("ranker")!.Value.GetProperty("version").GetString()!;
            versions[version] = versions.GetValueOrDefault(version) + 1;
        }

        Assert.InRange(versions["1"], 430, 570);
        Assert.Equal(1000, versions["1"] + versions["2"]);

        var employee = new AttributeMap();
        employee.Set("id", AttributeValue.Of("u2"));
        Assignments result = Assigner.Assign(snapshot, employee);
        Assert.Empty(result.Experiments);
        Assert.Equal("2", result.ValueOf("ranker")!.Value.GetProperty("version").GetString());
    }

    [Fact]
    public void Buckets_in_the_page_are_those_computed()
    {
        MatchCollection rows = Regex.Matches(Page(), @"^\| `(\S+)` \| `(\S+)` \| ([\d.]+) \| ([\d.]*) ?\|$", RegexOptions.Multiline);
        Assert.Equal(5, rows.Count);
        foreach (Match row in rows)
        {
            Assert.Equal(double.Parse(row.Groups[3].Value), Bucket.Of(row.Groups[1].Value, row.Groups[2].Value, 2));
            if (row.Groups[4].Length > 0)
                Assert.Equal(double.Parse(row.Groups[4].Value), Bucket.Of(row.Groups[1].Value, row.Groups[2].Value, 1));
        }
    }

    private static string Page() => File.ReadAllText(Path.Combine(Checkout.Root, "docs/formats/experiments.md"));
}
