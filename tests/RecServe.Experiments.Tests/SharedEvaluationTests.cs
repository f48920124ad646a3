using System.Text.Json;
using System.Text.Json.Nodes;

namespace RecServe.Experiments.Tests;

/// <summary>Whole evaluations against GrowthBook's public cases. The rows that this program refuses to load are named, each with its message.</summary>
public class SharedEvaluationTests
{
    private static readonly Dictionary<string, string> Refused = new()
    {
        ["$in - not array"] = "features.f.rules[0].condition.num.$in: expected an array",
        ["$ini - not array"] = "features.f.rules[0].condition.num.$ini: expected an array",
        ["$nini - not array"] = "features.f.rules[0].condition.num.$nini: expected an array",
        ["$regex invalid - pass"] = "features.f.rules[0].condition.name.$regex: is not a regular expression without look-around and back-references: *",
        ["$regex invalid - fail"] = "features.f.rules[0].condition.name.$regex: is not a regular expression without look-around and back-references: *",
        ["single variation"] = "features.f.rules[0].variations: has 1 entries, an experiment needs at least 2",
        ["high forced variation"] = "features.f.rules[0]: has both 'force' and 'variations'",
        ["ignores empty rules"] = "features.feature.rules[0]: needs 'force', 'variations' or 'parentConditions'",
        ["standard type is treated as a standard experiment"] = "features.bandit-feature.rules[0].type: is not known",
        ["force rules - coverage with bad hash version"] = "features.feature.rules[0].hashVersion: expected 1 or 2",
    };

    /// <summary>Variants forced by the query string of a page: a server has none.</summary>
    private static readonly HashSet<string> Absent = ["querystring force", "querystring force with inactive"];

    [SharedVectorsFact]
    public void Conditions_equal_the_public_cases() => Compare("evalCondition", row =>
    {
        var file = new JsonObject
        {
            ["features"] = new JsonObject
            {
                ["f"] = new JsonObject { ["defaultValue"] = false, ["rules"] = new JsonArray(new JsonObject { ["condition"] = Node(row[1]), ["force"] = true }) },
            },
            ["savedGroups"] = row.GetArrayLength() > 4 ? Node(row[4]) : new JsonObject(),
        };
        return (file, row[2], null, "f", result => Assert.Equal(row[3].GetBoolean(), result.ValueOf("f")!.Value.GetBoolean()));
    });

    [SharedVectorsFact]
    public void Experiments_equal_the_public_cases() => Compare("run", row =>
    {
        JsonNode features = row[1].TryGetProperty("features", out JsonElement given) ? Node(given)! : new JsonObject();
        features["f"] = new JsonObject { ["rules"] = new JsonArray(Node(row[2])) };
        var file = new JsonObject { ["features"] = features, ["savedGroups"] = row[1].TryGetProperty("savedGroups", out JsonElement groups) ? Node(groups) : new JsonObject() };
        return (file, row[1].GetProperty("attributes"), Forced(row[1]), "f", result =>
        {
            bool inExperiment = row[4].GetBoolean();
            FeatureAssignment feature = result.Features.Single(f => f.Feature == "f");
            Assert.Equal(inExperiment, feature.Source == FeatureSource.Experiment);
            if (inExperiment)
            {
                Assert.True(JsonElement.DeepEquals(row[3], feature.Value!.Value));
                ExperimentAssignment experiment = result.Experiments.Single(e => e.Experiment.Feature == "f");
                Assert.Equal(row[5].GetBoolean(), !experiment.Forced);
            }
        });
    });

    [SharedVectorsFact]
    public void Features_equal_the_public_cases() => Compare("feature", row =>
    {
        string key = row[2].GetString()!;
        var file = new JsonObject { ["features"] = new JsonObject() };
        foreach (string member in (string[])["features", "savedGroups"])
        {
            if (row[1].TryGetProperty(member, out JsonElement given))
                file[member] = Node(given);
        }

        JsonElement attributes = row[1].TryGetProperty("attributes", out JsonElement a) ? a : JsonDocument.Parse("{}").RootElement;
        return (file, attributes, Forced(row[1]), key, result => CheckFeature(row[3], key, result));
    });

    private static void CheckFeature(JsonElement expected, string key, Assignments result)
    {
        string source = expected.GetProperty("source").GetString()!;
        if (source == "unknownFeature")
        {
            Assert.Null(result.ValueOf(key));
            Assert.DoesNotContain(result.Features, f => f.Feature == key);
            return;
        }

        FeatureAssignment feature = result.Features.Single(f => f.Feature == key);
        Assert.Equal(source, feature.Source.ToString(), ignoreCase: true);
        Assert.True(JsonElement.DeepEquals(expected.GetProperty("value"), feature.Value ?? JsonDocument.Parse("null").RootElement));
        Assert.Equal(expected.GetProperty("ruleId").GetString(), feature.RuleId);
        if (expected.TryGetProperty("experimentResult", out JsonElement outcome))
        {
            ExperimentAssignment assignment = result.Experiments.Single(e => e.Key == expected.GetProperty("experiment").GetProperty("key").GetString());
            Assert.Equal(outcome.GetProperty("variationId").GetInt32(), assignment.VariantIndex);
            Assert.Equal(outcome.GetProperty("key").GetString(), assignment.VariantKey);
            if (outcome.TryGetProperty("bucket", out JsonElement bucket))
                Assert.Equal(bucket.GetDouble(), assignment.BucketValue);
        }
    }

    private static void Compare(string section, Func<JsonElement, (JsonObject File, JsonElement Attributes, Dictionary<string, int>? Forced, string Feature, Action<Assignments> Check)> read)
    {
        int compared = 0;
        foreach (JsonElement row in SharedVectors.Section(section))
        {
            string name = row[0].GetString()!;
            if (Absent.Contains(name))
                continue;
            var (file, attributes, forced, _, check) = read(row);
            JsonElement json = JsonSerializer.SerializeToElement(file);
            string? message = row.GetRawText().Contains("contextualVariations", StringComparison.Ordinal)
                ? "features.bandit-feature.rules[0].contextualVariations: is not known"
                : Refused.GetValueOrDefault(name);
            if (message is not null)
            {
                string actual = Assert.Throws<ExperimentFileException>(() => ExperimentFile.Parse(json)).Message;
                Assert.True(message.EndsWith('*') ? actual.StartsWith(message[..^1], StringComparison.Ordinal) : actual == message, $"{name}: {actual}");
                continue;
            }

            try
            {
                ExperimentSnapshot snapshot = ExperimentFile.Parse(json);
                var overrides = (forced ?? []).ToDictionary(f => f.Key, f => snapshot.Experiments.Single(e => e.Key == f.Key).Variants[f.Value].Key);
                check(Assigner.Assign(snapshot, new AttributeMap(attributes), overrides));
                compared++;
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"case '{name}': {exception.Message}", exception);
            }
        }

        Assert.True(compared > 20, $"{compared} rows compared");
    }

    private static Dictionary<string, int>? Forced(JsonElement context) =>
        context.TryGetProperty("forcedVariations", out JsonElement forced) ? forced.EnumerateObject().ToDictionary(f => f.Name, f => f.Value.GetInt32()) : null;

    private static JsonNode? Node(JsonElement element) => JsonNode.Parse(element.GetRawText());
}
