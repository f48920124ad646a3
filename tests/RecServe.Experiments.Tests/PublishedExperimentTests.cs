using System.Text;

namespace RecServe.Experiments.Tests;

/// <summary>Experiments that come by themselves, beside those of a file.</summary>
public class PublishedExperimentTests
{
    private const string File = """
        {"features": {
          "ranker": {"defaultValue": 0, "rules": [{"force": 9, "condition": {"id": "boss"}}, {"key": "a", "variations": [1, 2], "hashVersion": 2}, {"force": 5}]},
          "layout": {"defaultValue": "wide", "rules": [{"key": "b", "variations": ["x", "y"]}]},
          "twice": {"rules": [{"key": "t", "variations": [0, 1]}]},
          "again": {"rules": [{"key": "t", "variations": [0, 1]}]}},
         "savedGroups": {"staff": ["s1"]}}
        """;

    [Fact]
    public void Definition_takes_the_place_of_the_files_rule_and_leaves_the_others()
    {
        ExperimentSnapshot snapshot = Parsed.With([Definition("""{"key": "a", "feature": "ranker", "variations": [7, 7], "hashVersion": 2}""")]);

        Assert.Equal(9, Value(snapshot, "ranker", "boss"));
        Assert.Equal(7, Value(snapshot, "ranker", "anybody"));
        Assert.Equal(["a", "b", "t"], snapshot.Experiments.Select(e => e.Key));
        Assert.InRange(Value(Parsed, "ranker", "anybody"), 1, 2);
    }

    [Fact]
    public void Definition_of_another_feature_leaves_the_one_that_the_file_names()
    {
        ExperimentSnapshot snapshot = Parsed.With([Definition("""{"key": "a", "feature": "layout", "variations": [7, 7]}""")]);

        Assert.Equal(5, Value(snapshot, "ranker", "anybody"));
        Assert.Equal("layout", snapshot.Find("a")!.Feature);

        // Behind the file's own rule, which takes everybody in.
        Assert.Equal(["b"], Assigned(snapshot, "anybody", "layout"));
    }

    [Fact]
    public void New_experiments_stand_behind_the_rules_in_the_order_of_their_keys_whatever_order_they_came_in()
    {
        PublishedExperiment[] published =
        [
            Definition("""{"key": "z", "feature": "added", "variations": [1, 1], "condition": {"id": {"$inGroup": "staff"}}}"""),
            Definition("""{"key": "m", "feature": "added", "variations": [2, 2]}"""),
            Definition("""{"key": "alone", "variations": [3, 3]}"""),
        ];

        foreach (PublishedExperiment[] order in (PublishedExperiment[][])[published, [.. published.Reverse()]])
        {
            ExperimentSnapshot snapshot = Parsed.With(order);
            Assert.Equal(["ranker", "layout", "twice", "again", "added", "alone"], snapshot.FeatureKeys);
            Assert.Equal(2, Value(snapshot, "added", "s1"));
            Assert.Equal(3, Value(snapshot, "alone", "s1"));
        }
    }

    [Fact]
    public void Paused_experiment_takes_nobody_in_but_whom_a_request_forces()
    {
        ExperimentSnapshot snapshot = Parsed.With([PublishedExperiment.Change(Parsed.Find("a")!, isActive: false, null, Parsed)]);

        Assert.Equal(5, Value(snapshot, "ranker", "anybody"));
        Assert.DoesNotContain("a", Assigned(snapshot, "anybody"));
        Assert.Equal(2, Assigner.Assign(snapshot, Attributes("anybody"), new Dictionary<string, string> { ["a"] = "1" }).ValueOf("ranker")!.Value.GetInt32());
        ExperimentSnapshot resumed = Parsed.With([PublishedExperiment.Change(snapshot.Find("a")!, isActive: true, null, Parsed)]);
        for (int i = 0; i < 200; i++)
            Assert.Equal(Value(Parsed, "ranker", $"u{i}"), Value(resumed, "ranker", $"u{i}"));
    }

    [Fact]
    public void Coverage_is_changed_without_moving_anybody_between_variants()
    {
        ExperimentSnapshot half = Parsed.With([PublishedExperiment.Change(Parsed.Find("a")!, null, 0.5, Parsed)]);

        int kept = 0;
        for (int i = 0; i < 1000; i++)
        {
            if (!Assigned(half, $"u{i}").Contains("a"))
                continue;
            kept++;
            Assert.Equal(Value(Parsed, "ranker", $"u{i}"), Value(half, "ranker", $"u{i}"));
        }

        // Four standard deviations of a binomial share of 1,000.
        Assert.InRange(kept, 500 - 64, 500 + 64);
    }

    [Fact]
    public void Definition_that_is_written_is_read_as_the_same_experiment()
    {
        PublishedExperiment first = Definition("""{"condition": {"id": {"$ne": "x"}}, "variations": [{"model": "m"}, 2], "key": "k", "feature": "f", "coverage": 0.25, "meta": [{"key": "c"}, {"key": "t"}]}""");
        PublishedExperiment second = PublishedExperiment.Parse(first.Utf8, "k", Parsed);

        Assert.Equal(first.Utf8.ToArray(), second.Utf8.ToArray());
        Assert.Equal("""{"key":"k","feature":"f","condition":{"id":{"$ne":"x"}},"variations":[{"model":"m"},2],"coverage":0.25,"meta":[{"key":"c"},{"key":"t"}]}""", Encoding.UTF8.GetString(first.Utf8.Span));
        Assert.Equal((0.25, "f", "c"), (second.Definition.Coverage, second.Definition.Feature, second.Definition.Variants[0].Key));
    }

    [Theory]
    [InlineData("""{"variations": [0, 1]}""", null, "member 'key' is missing")]
    [InlineData("""{"key": "", "variations": [0, 1]}""", null, "key: has 0 characters, expected 1 to 1024")]
    [InlineData("""{"key": "k"}""", null, "member 'variations' is missing")]
    [InlineData("""{"key": "k", "force": 1}""", null, "member 'variations' is missing")]
    [InlineData("""{"key": "k", "variations": [0, 1], "wieghts": [0.5, 0.5]}""", null, "wieghts: is not known")]
    [InlineData("""{"key": "k", "variations": [0, 1], "active": "no"}""", null, "active: expected true or false")]
    [InlineData("""{"key": "k", "variations": [0, 1]}""", "other", "key: is 'k', the definition came under the key 'other'")]
    [InlineData("""{"feature": "", "variations": [0, 1]}""", "k", "feature: has 0 characters, expected 1 to 1024")]
    [InlineData("""{"variations": [0, 1]}""", "t", "key: 2 rules of the experiment file run 't'; one definition cannot replace them")]
    [InlineData("[]", "k", "expected an object")]
    public void Definition_that_would_not_be_followed_is_refused(string json, string? key, string message) =>
        Assert.Equal(message, Assert.Throws<ExperimentFileException>(() => PublishedExperiment.Parse(Encoding.UTF8.GetBytes(json), key, Parsed)).Message);

    [Theory]
    [InlineData("{")]
    [InlineData("""{"key": "k", "key": "k", "variations": [0, 1]}""")]
    [InlineData("""{"key": "\ud800", "variations": [0, 1]}""")]
    [InlineData("""{"key": "k", "variations": [0, 1], "name": "\ud800"}""")]
    public void Definition_that_is_no_json_is_refused(string json) =>
        Assert.StartsWith("not valid JSON: ", Assert.Throws<ExperimentFileException>(() => PublishedExperiment.Parse(Encoding.UTF8.GetBytes(json), null, Parsed)).Message, StringComparison.Ordinal);

    [Fact]
    public void Definition_over_the_limit_is_refused() => Assert.Equal("has 262145 bytes, the limit is 262144",
        Assert.Throws<ExperimentFileException>(() => PublishedExperiment.Parse(new byte[ExperimentLimits.DefinitionBytes + 1], "k", Parsed)).Message);

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Coverage_out_of_its_range_is_refused(double coverage) =>
        Assert.Equal("coverage: expected a number from 0 to 1", Assert.Throws<ExperimentFileException>(() => PublishedExperiment.Change(Parsed.Find("a")!, null, coverage, Parsed)).Message);

    [Fact]
    public void Coverage_of_an_experiment_with_ranges_is_refused()
    {
        ExperimentDefinition ranges = Definition("""{"key": "k", "variations": [0, 1], "ranges": [[0, 0.1], [0.1, 0.2]]}""").Definition;

        Assert.StartsWith("coverage: the experiment has ranges", Assert.Throws<ExperimentFileException>(() => PublishedExperiment.Change(ranges, null, 0.5, Parsed)).Message, StringComparison.Ordinal);
        Assert.False(PublishedExperiment.Change(ranges, false, null, Parsed).Definition.IsActive);
    }

    [Fact]
    public void Force_rule_cannot_be_paused() => Assert.Equal("features.f.rules[0].active: only an experiment, a rule with 'variations', can be paused",
        Assert.Throws<ExperimentFileException>(() => ExperimentFile.Parse("""{"features": {"f": {"rules": [{"force": 1, "active": false}]}}}"""u8.ToArray())).Message);

    private static ExperimentSnapshot Parsed { get; } = ExperimentFile.Parse(Encoding.UTF8.GetBytes(File));

    private static PublishedExperiment Definition(string json) => PublishedExperiment.Parse(Encoding.UTF8.GetBytes(json), null, Parsed);

    private static int Value(ExperimentSnapshot snapshot, string feature, string unit) => Assigner.Assign(snapshot, Attributes(unit)).ValueOf(feature)!.Value.GetInt32();

    private static IEnumerable<string> Assigned(ExperimentSnapshot snapshot, string unit, string? feature = null) =>
        Assigner.Assign(snapshot, Attributes(unit)).Experiments.Where(e => feature is null || snapshot.Find(e.Key)!.Feature == feature).Select(e => e.Key);

    private static AttributeMap Attributes(string unit)
    {
        var attributes = new AttributeMap();
        attributes.Set("id", AttributeValue.Of(unit));
        return attributes;
    }
}
