using RecServe.Api.Models;
using RecServe.Api.Rows;
using RecServe.Api.Telemetry;
using RecServe.FeatureStore;

namespace RecServe.Api.FeatureRows;

/// <summary>What this server knows of users, items and contexts: in its store where it has one, else in process memory.</summary>
internal sealed class NodeFeatures : IDisposable
{
    private readonly ModelRegistry _registry;
    private volatile Made? _made;
    private long _writes;

    /// <summary>Opens the store of features.</summary>
    public NodeFeatures(ServingOptions options, NodeRows rows, ModelRegistry registry, ServingMetrics metrics)
    {
        _registry = registry;
        long bytes = (long)options.FeatureMemoryMb << 20;
        Store = rows.Store is { } store
            ? new DurableFeatureStore(store, new DurableFeatureStoreOptions { HotBytes = bytes })
            : new MemoryFeatureStore(new MemoryFeatureStoreOptions { MaxBytes = bytes });
        Asked = new FeatureRowCounter(metrics.Meter);
        FeatureGauges.AddTo(metrics.Meter, Store);
        rows.Features = this;
    }

    /// <summary>The rows.</summary>
    public IFeatureStore Store { get; }

    /// <summary>What rankings asked for.</summary>
    public FeatureRowCounter Asked { get; }

    /// <summary>Features that may be stored: the fields of every served version of every model. Made anew when the served versions change.</summary>
    public FeatureSchema Schema
    {
        get
        {
            ModelSet models = _registry.Current;
            if (_made is not { } made || made.Models != models)
                _made = made = new Made(models, new FeatureSchema(models.Models.SelectMany(model => model.Versions).Select(version => version.Extractor.Schema)));
            return made.Schema;
        }
    }

    /// <summary>Batches that were applied: whether a checkpoint has anything new to keep.</summary>
    public long Writes => Volatile.Read(ref _writes);

    /// <summary>The one door for rows.</summary>
    /// <exception cref="IOException">The store cannot take rows now.</exception>
    public FeatureApplyResult Apply(ReadOnlySpan<FeatureRow> rows, Span<FeatureOutcome> outcomes)
    {
        FeatureApplyResult result = Store.Apply(rows, outcomes);
        Interlocked.Increment(ref _writes);
        return result;
    }

    /// <inheritdoc/>
    public void Dispose() => Store.Dispose();

    private sealed record Made(ModelSet Models, FeatureSchema Schema);
}
