using System.Text.Json;

namespace RecServe.Experiments;

/// <summary>One rule of a feature; the first that applies decides.</summary>
internal sealed record FeatureRule
{
    public required string Id { get; init; }

    public required IReadOnlyList<Prerequisite> Prerequisites { get; init; }

    public required IReadOnlyList<BucketFilter> Filters { get; init; }

    public Condition? Condition { get; init; }

    /// <summary>The value of a rule that forces one; null for other rules.</summary>
    public JsonElement? Force { get; init; }

    /// <summary>Who gets the forced value; null for everybody.</summary>
    public Rollout? Rollout { get; init; }

    public ExperimentDefinition? Experiment { get; init; }

    public NamespacePart? Namespace { get; init; }
}

/// <summary>Another feature's value must satisfy a condition; where it does not, a gate ends the feature with null, others skip the rule.</summary>
internal sealed record Prerequisite(string Feature, Condition Condition, bool Gate);

/// <summary>The unit's bucket must lie in one of the ranges.</summary>
internal sealed record BucketFilter(string Seed, string Attribute, int HashVersion, BucketRange[] Ranges)
{
    public bool Lets(IAttributeSource attributes) =>
        AttributeUnit.Of(attributes, Attribute) is { } unit && Bucket.Of(Seed, unit, HashVersion) is { } bucket && Bucket.Choose(bucket, Ranges) >= 0;
}

/// <summary>The unit must lie in a part of a namespace.</summary>
internal sealed record NamespacePart(string Name, BucketRange Range);

/// <summary>The share of units that a forced value reaches: a range, or a coverage whose end counts (n ≤ coverage, as GrowthBook has it).</summary>
internal sealed record Rollout(string Seed, string Attribute, int HashVersion, BucketRange? Range, double Coverage)
{
    public bool Includes(IAttributeSource attributes)
    {
        if (Range is null && Coverage == 0)
            return false;
        if (AttributeUnit.Of(attributes, Attribute) is not { } unit || Bucket.Of(Seed, unit, HashVersion) is not { } bucket)
            return false;
        return Range is { } range ? range.Contains(bucket) : bucket <= Coverage;
    }
}
