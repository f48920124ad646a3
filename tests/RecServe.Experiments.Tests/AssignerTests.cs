using System.Text;
using System.Text.Json;

namespace RecServe.Experiments.Tests;

public class AssignerTests
{
    private const string TwoModels = """
        {"features": {"ranker": {"defaultValue": {"model": "ctr", "version": "1"}, "rules": [
          {"id": "r1", "key": "ranker-v2", "seed": "ranker-v2", "hashVersion": 2, "coverage": 0.8, "weights": [0.25, 0.75],
           "variations": [{"model": "ctr", "version": "1"}, {"model": "ctr", "version": "2"}],
           "meta": [{"key": "control"}, {"key": "treatment", "name": "The new one"}]}]}}}
        """;

    [Fact]
    public void Assign_gives_the_variant_its_value_and_its_propensity()
    {
        ExperimentSnapshot snapshot = Parse(TwoModels);
        string unit = Enumerable.Range(0, 1000).Select(i => $"user-{i}").First(u => Bucket.Of("ranker-v2", u, 2) is > 0.25 and < 0.85);
        Assignments result = Assign(snapshot, unit);
        ExperimentAssignment assignment = Assert.Single(result.Experiments);
        Assert.Equal(("ranker-v2", "treatment", 0.75, false), (assignment.Key, assignment.VariantKey, Math.Round(assignment.Propensity, 12), assignment.Forced));
        Assert.Equal("2", assignment.Value.GetProperty("version").GetString());
        Assert.Equal((FeatureSource.Experiment, "r1"), (result.Features[0].Source, result.Features[0].RuleId));
        Assert.Equal((unit, Bucket.Of("ranker-v2", unit, 2)), (assignment.Unit, assignment.BucketValue));
    }

    [Fact]
    public void Assign_is_sticky_and_splits_by_the_weights()
    {
        ExperimentSnapshot snapshot = Parse(TwoModels);
        const int Units = 20_000;
        var counts = new Dictionary<string, int>();
        for (int i = 0; i < Units; i++)
        {
            string variant = Assign(snapshot, $"u{i}").Experiments is [var only] ? only.VariantKey : "none";
            counts[variant] = counts.GetValueOrDefault(variant) + 1;
            if (i % 100 == 0)
                Assert.Equal(variant, Assign(snapshot, $"u{i}").Experiments is [var again] ? again.VariantKey : "none");
        }

        // Four standard deviations of a binomial share of 20,000: at most 0.0142.
        Assert.InRange(counts["control"] / (double)Units, 0.2 - 0.0142, 0.2 + 0.0142);
        Assert.InRange(counts["treatment"] / (double)Units, 0.6 - 0.0142, 0.6 + 0.0142);
        Assert.InRange(counts["none"] / (double)Units, 0.2 - 0.0142, 0.2 + 0.0142);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"id\": null}")]
    [InlineData("{\"id\": \"\"}")]
    [InlineData("{\"id\": 0}")]
    [InlineData("{\"id\": false}")]
    [InlineData("{\"id\": [\"user-1\"]}")]
    [InlineData("{\"userId\": \"user-1\"}")]
    public void Request_without_a_unit_is_in_no_experiment(string attributes)
    {
        Assignments result = Assigner.Assign(Parse(TwoModels), Attributes(attributes));
        Assert.Empty(result.Experiments);
        Assert.Equal("1", result.ValueOf("ranker")!.Value.GetProperty("version").GetString());
        Assert.Equal(FeatureSource.DefaultValue, result.Features[0].Source);
    }

    [Fact]
    public void Number_and_text_of_the_same_digits_are_one_unit()
    {
        ExperimentSnapshot snapshot = Parse(TwoModels);
        for (int i = 1; i < 50; i++)
        {
            double?[] buckets = [.. new[] { $"\"{i}\"", $"{i}", $"{i}.0", $"{i}e0" }.Select(id =>
                Assigner.Assign(snapshot, Attributes($"{{\"id\": {id}}}")).Experiments is [var only] ? only.BucketValue : null)];
            Assert.Single(buckets.Distinct());
        }
    }

    [Fact]
    public void Override_forces_the_variant_and_says_so()
    {
        ExperimentSnapshot snapshot = Parse(TwoModels);
        foreach (string variant in (string[])["control", "treatment"])
        {
            var overrides = new Dictionary<string, string> { ["ranker-v2"] = variant };
            Assert.Null(snapshot.Refuse(overrides));
            for (int i = 0; i < 20; i++)
            {
                ExperimentAssignment assignment = Assert.Single(Assigner.Assign(snapshot, Attributes($"{{\"id\": \"u{i}\"}}"), overrides).Experiments);
                Assert.Equal((variant, true, 1.0), (assignment.VariantKey, assignment.Forced, assignment.Propensity));
            }

            Assert.Single(Assigner.Assign(snapshot, Attributes("{}"), overrides).Experiments);
        }
    }

    [Fact]
    public void Override_of_what_is_not_there_is_refused()
    {
        ExperimentSnapshot snapshot = Parse(TwoModels);
        Assert.Equal("experiment 'rankr' is not known", snapshot.Refuse(new Dictionary<string, string> { ["rankr"] = "control" }));
        Assert.Equal(
            "experiment 'ranker-v2' has no variant '2' (control, treatment)",
            snapshot.Refuse(new Dictionary<string, string> { ["ranker-v2"] = "2" }));
    }

    [Fact]
    public void Filters_of_disjoint_ranges_never_share_a_unit()
    {
        ExperimentSnapshot snapshot = Parse("""
            {"features": {
              "a": {"rules": [{"key": "ea", "variations": [0, 1], "hashVersion": 2, "filters": [{"seed": "layer", "ranges": [[0, 0.4]]}]}]},
              "b": {"rules": [{"key": "eb", "variations": [0, 1], "hashVersion": 2, "filters": [{"seed": "layer", "ranges": [[0.4, 1]]}]}]}}}
            """);
        int a = 0;
        for (int i = 0; i < 1000; i++)
        {
            ExperimentAssignment only = Assert.Single(Assign(snapshot, $"u{i}").Experiments);
            a += only.Key == "ea" ? 1 : 0;
        }

        Assert.InRange(a, 340, 460);
    }

    [Fact]
    public void Holdout_passes_its_units_to_the_next_rule_and_lists_both()
    {
        ExperimentSnapshot snapshot = Parse("""
            {"features": {"f": {"defaultValue": "old", "rules": [
              {"key": "holdout", "hashVersion": 2, "variations": ["old", "old"], "ranges": [[0, 0.1], [0.1, 1]], "meta": [{"key": "held"}, {"key": "free", "passthrough": true}]},
              {"key": "test", "hashVersion": 2, "variations": ["x", "y"]}]}}}
            """);
        int held = 0;
        for (int i = 0; i < 500; i++)
        {
            Assignments result = Assign(snapshot, $"u{i}");
            if (result.Experiments[0].VariantKey == "held")
            {
                held++;
                Assert.Single(result.Experiments);
                Assert.Equal("old", result.ValueOf("f")!.Value.GetString());
            }
            else
            {
                Assert.Equal(["holdout", "test"], result.Experiments.Select(e => e.Key));
                Assert.Contains(result.ValueOf("f")!.Value.GetString(), (string[])["x", "y"]);
            }
        }

        Assert.InRange(held, 20, 90);
    }

    [Fact]
    public void Experiment_in_two_features_is_listed_once_with_one_variant()
    {
        const string Rule = """{"rules": [{"key": "same", "hashVersion": 2, "variations": [0, 1]}]}""";
        ExperimentSnapshot snapshot = Parse($$$"""{"features": {"a": {{{Rule}}}, "b": {{{Rule}}}}}""");
        Assert.Single(snapshot.Experiments);
        Assignments result = Assign(snapshot, "u1");
        Assert.Single(result.Experiments);
        Assert.Equal(result.ValueOf("a")!.Value.GetInt32(), result.ValueOf("b")!.Value.GetInt32());
    }

    [Fact]
    public void Condition_reads_context_by_name()
    {
        ExperimentSnapshot snapshot = Parse("""
            {"features": {"f": {"defaultValue": 0, "rules": [{"condition": {"surface": "home", "hour": {"$gte": 18}}, "force": 1}]}}}
            """);
        Assert.Equal(1, Assigner.Assign(snapshot, Attributes("""{"surface": "home", "hour": 20}""")).ValueOf("f")!.Value.GetInt32());
        Assert.Equal(0, Assigner.Assign(snapshot, Attributes("""{"surface": "home", "hour": 9}""")).ValueOf("f")!.Value.GetInt32());
        Assert.Equal(0, Assigner.Assign(snapshot, Attributes("""{"hour": 20}""")).ValueOf("f")!.Value.GetInt32());
    }

    [Fact]
    public void Assign_by_many_threads_at_once_is_the_same()
    {
        ExperimentSnapshot snapshot = Parse(TwoModels);
        string[] expected = [.. Enumerable.Range(0, 500).Select(i => string.Join(',', Assign(snapshot, $"u{i}").Experiments.Select(e => e.VariantKey)))];
        int wrong = 0;
        Parallel.For(0, 4000, i =>
        {
            string actual = string.Join(',', Assign(snapshot, $"u{i % 500}").Experiments.Select(e => e.VariantKey));
            if (actual != expected[i % 500])
                Interlocked.Increment(ref wrong);
        });
        Assert.Equal(0, wrong);
    }

    [Fact]
    public void Assign_allocates_little()
    {
        ExperimentSnapshot snapshot = Parse(TwoModels);
        AttributeMap attributes = Attributes("""{"id": "user-8"}""");
        Assert.InRange(Allocations.Least(() => Assigner.Assign(snapshot, attributes)), 0, 700);
    }

    private static ExperimentSnapshot Parse(string json) => ExperimentFile.Parse(Encoding.UTF8.GetBytes(json));

    private static AttributeMap Attributes(string json) => new(JsonDocument.Parse(json).RootElement);

    private static Assignments Assign(ExperimentSnapshot snapshot, string unit)
    {
        var attributes = new AttributeMap();
        attributes.Set("id", AttributeValue.Of(unit));
        return Assigner.Assign(snapshot, attributes);
    }
}
