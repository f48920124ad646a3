using RecServe.Features;

namespace RecServe.FeatureStore.Tests.Durable;

/// <summary>A handful of rows in process memory: they come and go all the time.</summary>
public sealed class SmallBudgetTests : DurableFeatureStoreTests
{
    protected override long HotBytes => 64 << 10;

    [Fact]
    public void Memory_stays_within_the_budget_and_what_is_asked_for_stays()
    {
        for (int n = 0; n < 2_000; n++)
            Store.Apply([Row(FieldSide.Item, $"i{n}", 1, $"{n}")]);
        for (int n = 0; n < 2_000; n++)
        {
            // Ids that come once, and some that have no row, beside one that comes always.
            Assert.Equal($"{n}", Text(Store.FindOne(FieldSide.Item, System.Text.Encoding.UTF8.GetBytes($"i{n}"))));
            Assert.Null(Store.FindOne(FieldSide.Item, System.Text.Encoding.UTF8.GetBytes($"none{n}")));
            Assert.Equal("0", Text(Store.FindOne(FieldSide.Item, "i0"u8)));
            Assert.InRange(Store.Measure().MemoryBytes, 1, HotBytes);
        }

        var lookup = new FeatureLookup();
        lookup.Add(FieldSide.Item, "i0"u8);
        lookup.Add(FieldSide.Item, "i5"u8);
        Store.Find(lookup);
        Assert.Equal((2, 1), (lookup.Found, lookup.Hot));
    }
}
