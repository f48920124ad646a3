namespace RecServe.Experiments;

/// <summary>What decided the value of a feature.</summary>
public enum FeatureSource
{
    /// <summary>No rule applied.</summary>
    DefaultValue,

    /// <summary>A rule that forces a value.</summary>
    Force,

    /// <summary>An experiment.</summary>
    Experiment,

    /// <summary>A gating prerequisite that is not met; the value is null.</summary>
    Prerequisite,

    /// <summary>Prerequisites that lead back to the feature itself; the value is null.</summary>
    CyclicPrerequisite,
}
