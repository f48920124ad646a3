using RecServe.Embeddings;
using RecServe.Features;

namespace RecServe.FeatureStore.Tests.Durable;

public sealed class DiskFailureTests : IDisposable
{
    private readonly TemporaryRows _rows = new();
    private readonly FailingRows _failing;
    private readonly DurableFeatureStore _store;

    public DiskFailureTests()
    {
        _failing = new FailingRows(_rows.Store);
        _store = new DurableFeatureStore(_failing);
    }

    [Fact]
    public void Row_that_the_disk_could_not_say_is_absent_for_this_look_up_alone()
    {
        _store.Apply([Row(1)]);
        _failing.IsUnreadable = true;
        var lookup = new FeatureLookup();
        lookup.Add(FieldSide.User, "u"u8);
        _store.Find(lookup);
        Assert.Equal((0, "feature_store"), (lookup.Found, lookup.Fault));
        Assert.Throws<RowStoreException>(() => _store.Apply([Row(2)]));

        _failing.IsUnreadable = false;
        Assert.Equal(Row(1).ToString(), _store.FindOne(FieldSide.User, "u"u8)?.ToString());
        Assert.Equal(1, _store.Apply([Row(2)]).Applied);
    }

    [Fact]
    public void Change_that_was_written_though_it_failed_is_seen()
    {
        _store.Apply([Row(1)]);
        Assert.NotNull(_store.FindOne(FieldSide.User, "u"u8));
        _failing.FailsAfterWriting = true;
        Assert.Throws<RowStoreException>(() => _store.Apply([Row(2)]));

        _failing.FailsAfterWriting = false;
        Assert.Equal(new FeatureApplyResult(0, 1, 0), _store.Apply([Row(2)]));
        Assert.Equal(Row(2).ToString(), _store.FindOne(FieldSide.User, "u"u8)?.ToString());
        Assert.Equal(1, _store.Measure().MemoryRows);
    }

    public void Dispose()
    {
        _store.Dispose();
        _rows.Dispose();
    }

    private static FeatureRow Row(ulong version) => new FeatureRowBuilder(FieldSide.User, "u", version, "p").Number("age", version).Build();
}
