namespace RecServe.FeatureStore.Tests.Durable;

/// <summary>Every row in process memory, above the node's store.</summary>
public class DurableFeatureStoreTests : FeatureStoreContract
{
    private readonly TemporaryRows _rows = new();

    protected virtual long HotBytes => 1 << 20;

    protected override IFeatureStore Open() => new DurableFeatureStore(_rows.Store, new DurableFeatureStoreOptions { HotBytes = HotBytes });

    public override void Dispose()
    {
        base.Dispose();
        _rows.Dispose();
        GC.SuppressFinalize(this);
    }
}
