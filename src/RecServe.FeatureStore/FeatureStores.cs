using RecServe.Features;

namespace RecServe.FeatureStore;

/// <summary>Reading a store without a look-up at hand.</summary>
public static class FeatureStores
{
    /// <summary>One row, for those who are in no hurry; null if there is none.</summary>
    /// <param name="store">The store.</param>
    /// <param name="entity">What the row is of.</param>
    /// <param name="id">Id in UTF-8.</param>
    public static FeatureRow? FindOne(this IFeatureStore store, FieldSide entity, ReadOnlySpan<byte> id)
    {
        var lookup = new FeatureLookup();
        lookup.Add(entity, id);
        store.Find(lookup);
        return lookup.Row(0);
    }
}
