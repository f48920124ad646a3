using RecServe.Features;

namespace RecServe.FeatureStore.Tests.Durable;

/// <summary>No row in process memory: every look-up goes below.</summary>
public sealed class NoMemoryTests
{
    [Fact]
    public void Rows_are_found_below_and_none_is_kept()
    {
        using var rows = new TemporaryRows();
        using var store = new DurableFeatureStore(rows.Store, new DurableFeatureStoreOptions { HotBytes = 0 });
        store.Apply([new FeatureRowBuilder(FieldSide.User, "u", 1, "p").Number("age", 3).Build()]);

        Assert.Equal("User u version 1 age=3", store.FindOne(FieldSide.User, "u"u8)?.ToString());
        Assert.Null(store.FindOne(FieldSide.Item, "u"u8));
        Assert.Equal((1, 0, 0), (store.Measure().Users, store.Measure().MemoryBytes, store.Measure().MemoryRows));
    }

    [Fact]
    public void Stores_of_two_names_do_not_meet()
    {
        using var rows = new TemporaryRows();
        using var given = new DurableFeatureStore(rows.Store);
        using var counted = new DurableFeatureStore(rows.Store, new DurableFeatureStoreOptions { Name = "counters" });
        given.Apply([new FeatureRowBuilder(FieldSide.User, "u", 9, "p").Number("age", 3).Build()]);
        counted.Apply([new FeatureRowBuilder(FieldSide.User, "u", 1, "p").Number("clicks", 4).Build()]);

        Assert.Equal("User u version 9 age=3", given.FindOne(FieldSide.User, "u"u8)?.ToString());
        Assert.Equal("User u version 1 clicks=4", counted.FindOne(FieldSide.User, "u"u8)?.ToString());
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        using var rows = new TemporaryRows();
        Assert.Contains("HotBytes", Assert.Throws<ArgumentException>(() => new DurableFeatureStore(rows.Store, new DurableFeatureStoreOptions { HotBytes = -1 })).Message, StringComparison.Ordinal);
        Assert.Contains("Name", Assert.Throws<ArgumentException>(() => new DurableFeatureStore(rows.Store, new DurableFeatureStoreOptions { Name = " " })).Message, StringComparison.Ordinal);
    }
}
