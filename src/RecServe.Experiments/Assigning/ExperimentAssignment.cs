using System.Text.Json;

namespace RecServe.Experiments;

/// <summary>One request's place in one experiment.</summary>
/// <param name="Experiment">The experiment.</param>
/// <param name="VariantIndex">Index of its variant.</param>
/// <param name="Unit">Text of the hash attribute; null where the variant was forced without one.</param>
/// <param name="BucketValue">The unit's bucket, 0 to below 1; null where the variant was forced.</param>
public readonly record struct ExperimentAssignment(ExperimentDefinition Experiment, int VariantIndex, string? Unit, double? BucketValue)
{
    /// <summary>The variant.</summary>
    public ExperimentVariant Variant => Experiment.Variants[VariantIndex];

    /// <summary>Key of the experiment.</summary>
    public string Key => Experiment.Key;

    /// <summary>Key of the variant.</summary>
    public string VariantKey => Variant.Key;

    /// <summary>What the feature becomes.</summary>
    public JsonElement Value => Variant.Value;

    /// <summary>Whether an override chose the variant: such exposures do not belong into the experiment's results.</summary>
    public bool Forced => BucketValue is null;

    /// <summary>Probability of this variant for an included unit: its weight; 1 where it was forced.</summary>
    public double Propensity => Forced ? 1 : Variant.Propensity;
}
