using System.Diagnostics.Metrics;
using RecServe.FeatureStore;

namespace RecServe.Api.FeatureRows;

/// <summary>What the store of features holds, as gauges.</summary>
internal static class FeatureGauges
{
    /// <summary>Adds them to a meter.</summary>
    public static void AddTo(Meter meter, IFeatureStore store)
    {
        meter.CreateObservableGauge("recserve_feature_rows_stored", () => Stored(store.Measure()), null, "Feature rows that are known, by entity.");
        meter.CreateObservableGauge("recserve_feature_memory_bytes", () => store.Measure().MemoryBytes, "By", "Process memory that feature rows take, ids and tables around them included.");
        meter.CreateObservableGauge("recserve_feature_tombstones", () => store.Measure().Tombstones, null, "Deleted entities whose version is remembered.");
    }

    private static IEnumerable<Measurement<long>> Stored(FeatureStoreSnapshot now)
    {
        yield return new Measurement<long>(now.Users, new KeyValuePair<string, object?>("entity", "user"));
        yield return new Measurement<long>(now.Items, new KeyValuePair<string, object?>("entity", "item"));
        yield return new Measurement<long>(now.Contexts, new KeyValuePair<string, object?>("entity", "context"));
    }
}
