using System.Text.Json;

namespace RecServe.Experiments;

/// <summary>What one request got: a value of every feature, and its place in every experiment that took it in. Immutable.</summary>
public sealed class Assignments
{
    internal Assignments(FeatureAssignment[] features, IReadOnlyList<ExperimentAssignment> experiments)
    {
        Features = features;
        Experiments = experiments;
    }

    /// <summary>Every feature of the file, in its order.</summary>
    public IReadOnlyList<FeatureAssignment> Features { get; }

    /// <summary>The experiments that the request is in; each stands once.</summary>
    public IReadOnlyList<ExperimentAssignment> Experiments { get; }

    /// <summary>Value of a feature; null where the file has none of that key, or its value is null.</summary>
    public JsonElement? ValueOf(string feature)
    {
        foreach (FeatureAssignment assignment in Features)
        {
            if (assignment.Feature == feature)
                return assignment.Value;
        }

        return null;
    }
}
