using System.Text.Json;

namespace RecServe.Experiments;

/// <summary>All features and experiments of a file, and of definitions beside it. Immutable and thread-safe: a request reads one snapshot from beginning to end.</summary>
public sealed class ExperimentSnapshot
{
    private readonly Dictionary<string, ExperimentFeature> _byKey;
    private readonly Dictionary<string, ExperimentDefinition> _experiments = new(StringComparer.Ordinal);

    internal ExperimentSnapshot(IReadOnlyList<ExperimentFeature> features, IReadOnlyDictionary<string, JsonElement[]> groups)
    {
        (Features, Groups) = (features, groups);
        _byKey = features.ToDictionary(f => f.Key, StringComparer.Ordinal);
        foreach (ExperimentDefinition experiment in features.SelectMany(f => f.Rules).Select(r => r.Experiment).OfType<ExperimentDefinition>())
            _experiments.TryAdd(experiment.Key, experiment);
        Experiments = [.. _experiments.Values];
    }

    /// <summary>No features: every request is in no experiment.</summary>
    public static ExperimentSnapshot Empty { get; } = new([], new Dictionary<string, JsonElement[]>());

    /// <summary>Keys of the features, in the file's order.</summary>
    public IEnumerable<string> FeatureKeys => Features.Select(f => f.Key);

    /// <summary>The experiments, in the file's order; one that several rules run stands once.</summary>
    public IReadOnlyList<ExperimentDefinition> Experiments { get; }

    internal IReadOnlyList<ExperimentFeature> Features { get; }

    internal IReadOnlyDictionary<string, JsonElement[]> Groups { get; }

    /// <summary>An experiment by key, or null.</summary>
    public ExperimentDefinition? Find(string experiment) => _experiments.GetValueOrDefault(experiment);

    /// <summary>
    /// This file's features with definitions that came by themselves. One whose key a rule of the file has takes that rule's place, or leaves it for the feature that it names; others stand
    /// behind the rules of their feature, and features that the file has not behind its features, each in the order of their keys: the same definitions give the same snapshot, in
    /// whatever order they came.
    /// </summary>
    /// <param name="published">Definitions, each key once.</param>
    public ExperimentSnapshot With(IEnumerable<PublishedExperiment> published)
    {
        PublishedExperiment[] ordered = [.. published.OrderBy(p => p.Definition.Key, StringComparer.Ordinal)];
        if (ordered.Length == 0)
            return this;
        var byKey = ordered.ToDictionary(p => p.Definition.Key, StringComparer.Ordinal);
        var placed = new HashSet<string>(StringComparer.Ordinal);
        var features = new List<ExperimentFeature>();
        foreach (ExperimentFeature feature in Features)
        {
            var rules = new List<FeatureRule>();
            foreach (FeatureRule rule in feature.Rules)
            {
                if (rule.Experiment is null || !byKey.TryGetValue(rule.Experiment.Key, out PublishedExperiment? newer))
                    rules.Add(rule);
                else if (newer.Definition.Feature == feature.Key && placed.Add(newer.Definition.Key))
                    rules.Add(newer.Rule);
            }

            rules.AddRange(ordered.Where(p => p.Definition.Feature == feature.Key && placed.Add(p.Definition.Key)).Select(p => p.Rule));
            features.Add(feature with { Rules = rules });
        }

        foreach (var added in ordered.Where(p => !placed.Contains(p.Definition.Key)).GroupBy(p => p.Definition.Feature).OrderBy(group => group.Key, StringComparer.Ordinal))
            features.Add(new ExperimentFeature(added.Key, features.Count, null, [.. added.Select(p => p.Rule)]));
        return new ExperimentSnapshot(features, Groups);
    }

    /// <summary>Why a request's overrides (experiment key → variant key) cannot be followed; null where they can.</summary>
    public string? Refuse(IReadOnlyDictionary<string, string> overrides)
    {
        foreach ((string key, string variant) in overrides)
        {
            if (Find(key) is not { } experiment)
                return $"experiment '{key}' is not known";
            if (experiment.IndexOf(variant) < 0)
                return $"experiment '{key}' has no variant '{variant}' ({string.Join(", ", experiment.Variants.Select(v => v.Key))})";
        }

        return null;
    }

    internal ExperimentFeature? FindFeature(string feature) => _byKey.GetValueOrDefault(feature);
}
