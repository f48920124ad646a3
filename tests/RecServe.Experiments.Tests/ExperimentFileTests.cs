using System.Text;

namespace RecServe.Experiments.Tests;

public class ExperimentFileTests
{
    /// <summary>A rule of feature f, and why it is refused.</summary>
    public static TheoryData<string, string> RefusedRules => new()
    {
        { """{"variations": [0, 1], "weights": [0.6, 0.6]}""", "weights: sum is 1.2, expected 1" },
        { """{"variations": [0, 1], "weights": [1]}""", "weights: has 1 entries for 2 variations" },
        { """{"variations": [0, 1], "weights": [-0.5, 1.5]}""", "weights[0]: expected a number from 0 to 1" },
        { """{"variations": [0, 1], "wieghts": [0.5, 0.5]}""", "wieghts: is not known" },
        { """{"variations": [0]}""", "variations: has 1 entries, an experiment needs at least 2" },
        { """{"variations": {"a": 1}}""", "variations: expected an array" },
        { """{"variations": [0, 1], "coverage": 80}""", "coverage: expected a number from 0 to 1" },
        { """{"variations": [0, 1], "hashVersion": 3}""", "hashVersion: expected 1 or 2" },
        { """{"variations": [0, 1], "hashAttribute": 3}""", "hashAttribute: expected a string" },
        { """{"variations": [0, 1], "key": ""}""", "key: has 0 characters, expected 1 to 1024" },
        { """{"variations": [0, 1], "ranges": [[0, 1]]}""", "ranges: has 1 entries for 2 variations" },
        { """{"variations": [0, 1], "ranges": [[0, 0.5], [0.9, 0.5]]}""", "ranges[1]: expected [start, end] with 0 ≤ start ≤ end ≤ 1" },
        { """{"variations": [0, 1], "meta": [{"key": "a"}, {"key": "a"}]}""", "meta[1]: variant key 'a' stands twice" },
        { """{"variations": [0, 1], "meta": [{"key": "a"}]}""", "meta: has 1 entries for 2 variations" },
        { """{"variations": [0, 1], "namespace": ["n", 0]}""", "namespace: expected [name, start, end]" },
        { """{"variations": [0, 1], "filters": [{"ranges": [[0, 1]]}]}""", "filters[0]: member 'seed' is missing" },
        { """{"variations": [0, 1], "fallbackAttribute": "deviceId"}""", "fallbackAttribute: is not known" },
        { """{"variations": [0, 1], "minBucketVersion": 1}""", "minBucketVersion: sticky buckets are not stored, so that none can be blocked; expected 0" },
        { """{"variations": [0, 1], "force": 1}""", "has both 'force' and 'variations'" },
        { """{"coverage": 0.5}""", "needs 'force', 'variations' or 'parentConditions'" },
        { """{"force": 1, "condition": {"age": {"$above": 3}}}""", "condition.age.$above: is not a known operator" },
        { """{"force": 1, "condition": {"$xor": [{"a": 1}]}, "range": [0]}""", "range: expected [start, end] with 0 ≤ start ≤ end ≤ 1" },
        { """{"force": 1, "condition": {"age": {"$in": 3}}}""", "condition.age.$in: expected an array" },
        { """{"force": 1, "condition": {"a": {"$type": "int"}}}""", "condition.a.$type: 'int' is no type (string, number, boolean, array, object, null)" },
        { """{"force": 1, "condition": {"a": {"$exists": 1}}}""", "condition.a.$exists: expected true or false" },
        { """{"force": 1, "condition": {"$or": {"a": 1}}}""", "condition.$or: expected an array" },
        { """{"force": 1, "condition": []}""", "condition: expected an object" },
        { """{"force": 1, "parentConditions": [{"condition": {}}]}""", "parentConditions[0]: member 'id' is missing" },
    };

    [Theory]
    [MemberData(nameof(RefusedRules))]
    public void Rule_that_would_not_be_followed_is_refused(string rule, string message)
    {
        string expected = message.StartsWith("has both", StringComparison.Ordinal) || message.StartsWith("needs", StringComparison.Ordinal)
            ? $"features.f.rules[0]: {message}"
            : $"features.f.rules[0].{message}";
        Assert.Equal(expected, Message(FileOf(rule)));
    }

    [Theory]
    [InlineData("""{}""", "member 'features' is missing")]
    [InlineData("""[]""", "expected an object")]
    [InlineData("""{"features": []}""", "features: expected an object")]
    [InlineData("""{"features": {"f": 1}}""", "features.f: expected an object")]
    [InlineData("""{"features": {"f": {"default": 1}}}""", "features.f.default: is not known")]
    [InlineData("""{"features": {"f": {"rules": {}}}}""", "features.f.rules: expected an array")]
    [InlineData("""{"features": {}, "encryptedFeatures": "x"}""", "encryptedFeatures: is not known")]
    [InlineData("""{"features": {}, "experiments": [{"key": "visual"}]}""", "experiments: is not supported; experiments stand in the rules of features")]
    [InlineData("""{"features": {}, "contextualBandits": {"b": {}}}""", "contextualBandits: is not supported; experiments stand in the rules of features")]
    [InlineData("""{"features": {}, "savedGroups": {"g": 1}}""", "savedGroups.g: expected an array")]
    public void File_of_another_shape_is_refused(string json, string message) => Assert.Equal(message, Message(json));

    [Theory]
    [InlineData("{")]
    [InlineData("""{"features": {}, "features": {}}""")]
    [InlineData("""{"features": {"f": {"rules": [{"key": "\ud800", "variations": [0, 1]}]}}}""")]
    public void File_that_is_no_json_is_refused(string json) => Assert.StartsWith("not valid JSON: ", Message(json), StringComparison.Ordinal);

    [Fact]
    public void Conditions_nested_too_deep_are_refused()
    {
        string condition = string.Concat(Enumerable.Repeat("""{"$not":""", 17)) + """{"a":1}""" + new string('}', 17);
        string message = Message(FileOf($"{{\"force\": 1, \"condition\": {condition}}}"));
        Assert.EndsWith(": conditions nest deeper than 16", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_many_rules_are_refused()
    {
        string rules = string.Join(',', Enumerable.Repeat("""{"force": 1}""", 257));
        Assert.Equal("features.f.rules: has 257 entries, the limit is 256", Message(FileOf(rules)));
    }

    [Fact]
    public void File_over_the_limit_is_refused() => Assert.Equal(
        "has 8388609 bytes, the limit is 8388608",
        Assert.Throws<ExperimentFileException>(() => ExperimentFile.Parse(new byte[ExperimentLimits.FileBytes + 1])).Message);

    [Fact]
    public void Pattern_that_would_take_exponential_time_elsewhere_is_answered()
    {
        ExperimentSnapshot snapshot = ExperimentFile.Parse("""{"features": {"f": {"defaultValue": 0, "rules": [{"force": 1, "condition": {"a": {"$regex": "^(a+)+$"}}}]}}}"""u8.ToArray());
        var attributes = new AttributeMap();
        attributes.Set("a", AttributeValue.Of(new string('a', 50_000) + "b"));
        Assert.Equal(0, Assigner.Assign(snapshot, attributes).ValueOf("f")!.Value.GetInt32());
    }

    [Fact]
    public void Experiments_are_listed_with_their_variants_and_coverage()
    {
        ExperimentSnapshot snapshot = ExperimentFile.Parse("""
            {"features": {"f": {"rules": [{"key": "e", "name": "E", "variations": [0, 1], "coverage": 0.5, "weights": [0.2, 0.8], "hashVersion": 2}]}}}
            """u8.ToArray());
        ExperimentDefinition experiment = Assert.Single(snapshot.Experiments);
        Assert.Equal(("e", "E", "f", "id", 2, "e"), (experiment.Key, experiment.Name, experiment.Feature, experiment.HashAttribute, experiment.HashVersion, experiment.Seed));
        Assert.Equal(0.5, experiment.Coverage, 12);
        Assert.Equal(["0", "1"], experiment.Variants.Select(v => v.Key));
        Assert.Equal([0.2, 0.8], experiment.Variants.Select(v => Math.Round(v.Propensity, 12)));
    }

    private static string FileOf(string rules) => "{\"features\": {\"f\": {\"rules\": [" + rules + "]}}}";

    private static string Message(string json) =>
        Assert.Throws<ExperimentFileException>(() => ExperimentFile.Parse(Encoding.UTF8.GetBytes(json))).Message;
}
