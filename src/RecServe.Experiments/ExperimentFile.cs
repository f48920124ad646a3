using System.Text.Json;

namespace RecServe.Experiments;

/// <summary>Parses experiment files: GrowthBook's feature and rule JSON (docs/formats/experiments.md).</summary>
public static class ExperimentFile
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>Parses a file.</summary>
    /// <param name="utf8">The file's bytes.</param>
    /// <exception cref="ExperimentFileException">
    /// It is not JSON, or uses a member, an operator or a value that this program would not follow; nothing is ignored silently.
    /// </exception>
    public static ExperimentSnapshot Parse(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length > ExperimentLimits.FileBytes)
            throw new ExperimentFileException($"has {utf8.Length} bytes, the limit is {ExperimentLimits.FileBytes}");
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8, Options);
            return Parse(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string that is not valid UTF-8 or holds half a surrogate pair.
            throw new ExperimentFileException($"not valid JSON: {exception.Message}", exception);
        }
    }

    /// <summary>Parses the same from a JSON value, which is copied.</summary>
    /// <exception cref="ExperimentFileException">As for the file.</exception>
    public static ExperimentSnapshot Parse(JsonElement json)
    {
        var root = new FileMember(json.Clone(), "");
        root.Object("features", "savedGroups", "dateUpdated", "status", "experiments", "contextualBandits");
        foreach (string unsupported in (ReadOnlySpan<string>)["experiments", "contextualBandits"])
        {
            if (root.Find(unsupported) is { } member && !IsEmpty(member.Value))
                throw member.Wrong("is not supported; experiments stand in the rules of features");
        }

        var groups = new Dictionary<string, JsonElement[]>(StringComparer.Ordinal);
        foreach ((string name, FileMember group) in root.Find("savedGroups")?.Members(ExperimentLimits.ListEntries) ?? [])
            groups.Add(name, [.. group.Array(ExperimentLimits.ListEntries).Select(m => m.Value)]);

        var rules = new RuleParser(new ConditionParser(groups));
        var features = new List<ExperimentFeature>();
        FileMember list = root.Find("features") ?? throw root.Wrong("member 'features' is missing");
        foreach ((string key, FileMember feature) in list.Members(ExperimentLimits.Features))
        {
            feature.Object("defaultValue", "rules");
            FileMember[] ruleList = feature.Find("rules") is { Value.ValueKind: not JsonValueKind.Null } given ? given.Array(ExperimentLimits.Rules) : [];
            features.Add(new ExperimentFeature(key, features.Count, feature.Find("defaultValue")?.Value, [.. ruleList.Select(r => rules.Parse(key, r))]));
        }

        return new ExperimentSnapshot(features, groups);
    }

    private static bool IsEmpty(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => true,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        _ => false,
    };
}
