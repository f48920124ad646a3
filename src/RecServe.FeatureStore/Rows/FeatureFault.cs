namespace RecServe.FeatureStore;

/// <summary>Why there is no feature row.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Member">Path of what is wrong, as JSON names it: <c>features.age</c>, <c>version</c>; empty where it is the row.</param>
/// <param name="Detail">For people: what it is and what it must be.</param>
public sealed record FeatureFault(FeatureFaultReason Reason, string Member, string Detail)
{
    /// <summary>What stands before the names of features in paths.</summary>
    public const string Features = "features";

    /// <summary>What is wrong with a feature.</summary>
    public static FeatureFault Of(FeatureFaultReason reason, string feature, string detail) => new(reason, $"{Features}.{feature}", detail);

    /// <summary>Member and detail in one sentence.</summary>
    public override string ToString() => Member.Length == 0 ? Detail : $"{Member} {Detail}";
}
