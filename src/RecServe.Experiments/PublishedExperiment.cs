using System.Buffers;
using System.Text.Json;

namespace RecServe.Experiments;

/// <summary>
/// One experiment that comes by itself and not in a file: the rule that runs it, and the feature whose value it decides
/// (docs/formats/experiments.md, "Definitions"). Immutable.
/// </summary>
public sealed class PublishedExperiment
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    private PublishedExperiment(FeatureRule rule, byte[] utf8) => (Rule, Utf8) = (rule, utf8);

    /// <summary>The experiment.</summary>
    public ExperimentDefinition Definition => Rule.Experiment!;

    /// <summary>The definition as <see cref="Parse"/> reads it, with its key and its feature first.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; }

    internal FeatureRule Rule { get; }

    /// <summary>Parses a definition.</summary>
    /// <param name="utf8">One JSON object: an experiment's rule with the members <c>feature</c> (the key if absent) and <c>key</c>.</param>
    /// <param name="key">Key that it came under, which the definition may repeat; null where it must name its own.</param>
    /// <param name="file">The file that it will stand beside: its saved groups are known to conditions.</param>
    /// <exception cref="ExperimentFileException">It would not be followed; the message names the member.</exception>
    public static PublishedExperiment Parse(ReadOnlyMemory<byte> utf8, string? key, ExperimentSnapshot file)
    {
        if (utf8.Length > ExperimentLimits.DefinitionBytes)
            throw new ExperimentFileException($"has {utf8.Length} bytes, the limit is {ExperimentLimits.DefinitionBytes}");
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8, Options);
            return Read(new FileMember(document.RootElement, ""), key, file);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new ExperimentFileException($"not valid JSON: {exception.Message}", exception);
        }
    }

    /// <summary>A definition with another state or coverage.</summary>
    /// <param name="experiment">The experiment as it is run now.</param>
    /// <param name="isActive">Whether it takes units in; null leaves it.</param>
    /// <param name="coverage">Share of units that it takes in, 0 to 1; null leaves it.</param>
    /// <param name="file">As for <see cref="Parse"/>.</param>
    /// <exception cref="ExperimentFileException">The coverage is out of its range, or cannot be followed because the rule has <c>ranges</c>.</exception>
    public static PublishedExperiment Change(ExperimentDefinition experiment, bool? isActive, double? coverage, ExperimentSnapshot file)
    {
        if (coverage is not null && experiment.Rule.TryGetProperty("ranges"u8, out _))
            throw new ExperimentFileException("coverage", "the experiment has ranges, which say what each variant gets; write the whole definition");
        if (coverage is < 0 or > 1 or double.NaN)
            throw new ExperimentFileException("coverage", "expected a number from 0 to 1");
        ReadOnlyMemory<byte> changed = Rewrite(experiment.Rule, experiment.Key,
            name => !(name == "active" && isActive is not null) && !(name == "coverage" && coverage is not null),
            json =>
            {
                json.WriteString("feature"u8, experiment.Feature);
                if (isActive is { } active)
                    json.WriteBoolean("active"u8, active);
                if (coverage is { } share)
                    json.WriteNumber("coverage"u8, share);
            });
        return Parse(changed, experiment.Key, file);
    }

    private static PublishedExperiment Read(FileMember root, string? key, ExperimentSnapshot file)
    {
        root.Members(int.MaxValue); // an object, or refused
        string? named = root.Find("key")?.Text();
        if (key is not null && named is not null && named != key)
            throw root.Find("key")!.Value.Wrong($"is '{named}', the definition came under the key '{key}'");
        key ??= named ?? throw root.Wrong("member 'key' is missing");
        if (key.Length is 0 or > ExperimentLimits.TextLength)
            throw new ExperimentFileException("key", $"has {key.Length} characters, expected 1 to {ExperimentLimits.TextLength}");
        string feature = root.Find("feature")?.Text() ?? key;
        // A rule has no feature: it stands in one.
        using JsonDocument copy = JsonDocument.Parse(Rewrite(root.Value, key, name => name != "feature"), Options);
        var rule = new FileMember(copy.RootElement.Clone(), "");
        if (rule.Find("variations") is null)
            throw rule.Wrong("member 'variations' is missing");
        int rules = file.Features.Sum(f => f.Rules.Count(r => r.Experiment?.Key == key));
        if (rules > 1)
            throw new ExperimentFileException("key", $"{rules} rules of the experiment file run '{key}'; one definition cannot replace them");
        FeatureRule parsed = new RuleParser(new ConditionParser(file.Groups)).Parse(feature, rule);
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
            parsed.Experiment!.WriteDefinition(json);
        return new PublishedExperiment(parsed, buffer.WrittenSpan.ToArray());
    }

    /// <summary>An object with its key first and some of its members behind it.</summary>
    private static ReadOnlyMemory<byte> Rewrite(JsonElement members, string key, Func<string, bool> keeps, Action<Utf8JsonWriter>? more = null)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("key"u8, key);
            more?.Invoke(json);
            foreach (JsonProperty member in members.EnumerateObject())
            {
                if (member.Name != "key" && keeps(member.Name))
                    member.WriteTo(json);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
