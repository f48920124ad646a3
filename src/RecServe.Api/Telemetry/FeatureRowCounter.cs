using System.Diagnostics.Metrics;
using RecServe.Api.Rank;
using RecServe.FeatureStore;
using RecServe.Features;

namespace RecServe.Api.Telemetry;

/// <summary>How many stored rows rankings asked for, found and missed, by entity.</summary>
internal sealed class FeatureRowCounter
{
    private static readonly FieldSide[] Entities = Enum.GetValues<FieldSide>();
    private static readonly string[] Results = ["found", "absent"];

    private readonly long[] _rows = new long[Entities.Length * Results.Length], _unusable = new long[Entities.Length];

    /// <summary>Adds the metrics to a meter.</summary>
    public FeatureRowCounter(Meter meter)
    {
        meter.CreateObservableCounter("recserve_feature_rows_total", Rows, null, "Stored feature rows that rankings asked for, by entity and whether there was one. Not asked for while the store has none of the entity.");
        meter.CreateObservableCounter("recserve_features_unusable_total", Unusable, null, "Stored values that did not suit the field of the model that ranked, by entity.");
    }

    /// <summary>Adds one ranking's.</summary>
    public void Add(StoredFeatures stored)
    {
        foreach (FieldSide entity in Entities)
        {
            (int found, int absent, int unusable) = stored.CountsOf(entity);
            Add(ref _rows[(int)entity * Results.Length], found);
            Add(ref _rows[((int)entity * Results.Length) + 1], absent);
            Add(ref _unusable[(int)entity], unusable);
        }
    }

    private static void Add(ref long counter, int count)
    {
        if (count > 0)
            Interlocked.Add(ref counter, count);
    }

    private IEnumerable<Measurement<long>> Rows()
    {
        foreach (FieldSide entity in Entities)
        {
            for (int result = 0; result < Results.Length; result++)
                yield return new Measurement<long>(Volatile.Read(ref _rows[((int)entity * Results.Length) + result]), new("entity", FeatureSchema.NameOf(entity)), new("result", Results[result]));
        }
    }

    private IEnumerable<Measurement<long>> Unusable() =>
        Entities.Select(entity => new Measurement<long>(Volatile.Read(ref _unusable[(int)entity]), new KeyValuePair<string, object?>("entity", FeatureSchema.NameOf(entity))));
}
