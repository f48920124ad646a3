namespace RecServe.Experiments;

/// <summary>All features and experiments of a file. Immutable and thread-safe: a request reads one snapshot from beginning to end.</summary>
public sealed class ExperimentSnapshot
{
    private readonly Dictionary<string, ExperimentFeature> _byKey;
    private readonly Dictionary<string, ExperimentDefinition> _experiments = new(StringComparer.Ordinal);

    internal ExperimentSnapshot(IReadOnlyList<ExperimentFeature> features)
    {
        Features = features;
        _byKey = features.ToDictionary(f => f.Key, StringComparer.Ordinal);
        foreach (ExperimentDefinition experiment in features.SelectMany(f => f.Rules).Select(r => r.Experiment).OfType<ExperimentDefinition>())
            _experiments.TryAdd(experiment.Key, experiment);
        Experiments = [.. _experiments.Values];
    }

    /// <summary>No features: every request is in no experiment.</summary>
    public static ExperimentSnapshot Empty { get; } = new([]);

    /// <summary>Keys of the features, in the file's order.</summary>
    public IEnumerable<string> FeatureKeys => Features.Select(f => f.Key);

    /// <summary>The experiments, in the file's order; one that several rules run stands once.</summary>
    public IReadOnlyList<ExperimentDefinition> Experiments { get; }

    internal IReadOnlyList<ExperimentFeature> Features { get; }

    /// <summary>Why a request's overrides (experiment key → variant key) cannot be followed; null where they can.</summary>
    public string? Refuse(IReadOnlyDictionary<string, string> overrides)
    {
        foreach ((string key, string variant) in overrides)
        {
            if (!_experiments.TryGetValue(key, out ExperimentDefinition? experiment))
                return $"experiment '{key}' is not known";
            if (experiment.IndexOf(variant) < 0)
                return $"experiment '{key}' has no variant '{variant}' ({string.Join(", ", experiment.Variants.Select(v => v.Key))})";
        }

        return null;
    }

    internal ExperimentFeature? Find(string feature) => _byKey.GetValueOrDefault(feature);
}
