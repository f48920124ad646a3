using RecServe.Features;

namespace RecServe.FeatureStore.Tests;

public sealed class MemoryFeatureStoreTests : FeatureStoreContract
{
    protected override IFeatureStore Open() => new MemoryFeatureStore();

    [Fact]
    public void Full_store_refuses_what_would_take_more_and_takes_it_when_there_is_room()
    {
        using var store = new MemoryFeatureStore(new MemoryFeatureStoreOptions { MaxBytes = 1 << 10 });
        int kept = 0;
        while (store.Apply([Row(FieldSide.User, $"u{kept}", 1, "text")]).Applied == 1)
            kept++;
        Assert.InRange(kept, 2, 5);
        var outcome = new FeatureOutcome[1];
        store.Apply([Row(FieldSide.User, "other", 1, "text")], outcome);
        Assert.Equal(FeatureOutcome.Full, outcome[0]);
        Assert.Null(store.FindOne(FieldSide.User, "other"u8));
        Assert.InRange(store.Measure().MemoryBytes, 1, 1 << 10);

        Assert.Equal(1, store.Apply([Row(FieldSide.User, "u0", 2, "t")]).Applied);
        Assert.Equal(1, store.Apply([FeatureRow.Deletion(FieldSide.User, "u1", 2, "p")]).Applied);
        Assert.Equal((kept - 1, 1), (store.Measure().Users, store.Measure().Tombstones));
    }

    [Fact]
    public void Oldest_deletions_are_forgotten_first_and_their_bytes_are_free_again()
    {
        using var store = new MemoryFeatureStore(new MemoryFeatureStoreOptions { MaxTombstones = 2 });
        store.Apply([FeatureRow.Deletion(FieldSide.User, "a", 9, "p"), FeatureRow.Deletion(FieldSide.User, "b", 9, "p")]);
        long two = store.Measure().MemoryBytes;

        store.Apply([FeatureRow.Deletion(FieldSide.User, "c", 9, "p")]);

        Assert.Equal((2, two), (store.Measure().Tombstones, store.Measure().MemoryBytes));
        Assert.Equal(new FeatureApplyResult(1, 2, 0), store.Apply([Row(FieldSide.User, "a", 1, ""), Row(FieldSide.User, "b", 1, ""), Row(FieldSide.User, "c", 1, "")]));
    }

    [Fact]
    public void Deleting_and_writing_one_id_again_and_again_takes_no_more_and_more_memory()
    {
        using var store = new MemoryFeatureStore(new MemoryFeatureStoreOptions { MaxTombstones = 3 });
        for (ulong version = 1; version < 100; version += 2)
            store.Apply([FeatureRow.Deletion(FieldSide.User, "u", version, "p"), Row(FieldSide.User, "u", version + 1, "")]);
        Assert.Equal((1, 0), (store.Measure().Users, store.Measure().Tombstones));
        Assert.Equal(1, store.Measure().MemoryRows);
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        Assert.Contains("MaxBytes", Assert.Throws<ArgumentException>(() => new MemoryFeatureStore(new MemoryFeatureStoreOptions { MaxBytes = 10 })).Message, StringComparison.Ordinal);
        Assert.Contains("MaxTombstones", Assert.Throws<ArgumentException>(() => new MemoryFeatureStore(new MemoryFeatureStoreOptions { MaxTombstones = -1 })).Message, StringComparison.Ordinal);
    }
}
