using RecServe.Features;

namespace RecServe.FeatureStore;

/// <summary>How much of events is kept.</summary>
public sealed record EventStoreOptions
{
    /// <summary>Which events of a log are counted.</summary>
    public AdmissionOptions Admission { get; init; } = new();

    /// <summary>Users, items, and pairs of user and category at most each; default 1,000,000. The events of further ones are not counted.</summary>
    public int Entities { get; init; } = 1_000_000;
}
