using RecServe.FeatureStore;

namespace RecServe.Stream;

/// <summary>Feature rows of users, items and contexts: they go to the node's store of features.</summary>
/// <param name="store">Where rows go.</param>
/// <param name="schema">Gives what may be stored now: the fields of the models that are served.</param>
/// <param name="firewall">What is let in: versions and rates.</param>
/// <param name="limits">What a message may be.</param>
public sealed class FeatureUpdates(IFeatureStore store, Func<FeatureSchema> schema, FirewallOptions firewall, UpdateLimits limits) : IUpdateHandler
{
    private RateGate? _gate;

    /// <inheritdoc/>
    public string TokenName => FreshnessToken.Features;

    /// <inheritdoc/>
    public UpdateBatch NewBatch(string topic, TimeProvider time) => new FeatureRowBatch(store, schema, _gate ??= new RateGate(firewall, time), limits, topic, time);
}
