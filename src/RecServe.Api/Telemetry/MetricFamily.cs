using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace RecServe.Api.Telemetry;

/// <summary>One metric with all its series. No metric of this server has more than three labels.</summary>
internal sealed class MetricFamily(Instrument instrument)
{
    /// <summary>Series kept of one metric; further label values share one series named <c>other</c>.</summary>
    public const int MaxSeries = 4_096;

    /// <summary>Upper bounds of the histogram's buckets in seconds: a ranking takes 0.1 to 10 ms, its stages less.</summary>
    public static readonly double[] Bounds =
        [0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

    private static readonly MetricLabels Overflow = new("other", "other", "other");

    private readonly ConcurrentDictionary<MetricLabels, MetricSeries> _series = new();

    /// <summary>What the values mean.</summary>
    public Instrument Instrument { get; } = instrument;

    /// <summary>Whether the values are sorted into buckets.</summary>
    public bool IsHistogram { get; } = instrument is Histogram<double>;

    /// <summary>Whether the values go up and down, and series come and go with what they tell of.</summary>
    public bool IsGauge { get; } = instrument is ObservableGauge<long> or ObservableGauge<double>;

    /// <summary>Names of the labels; null until something is recorded, and then where there is no such label.</summary>
    public MetricLabels Labels { get; private set; }

    /// <summary>The series by label values, ordered.</summary>
    public IEnumerable<KeyValuePair<MetricLabels, MetricSeries>> Series => _series
        .OrderBy(s => s.Key.First, StringComparer.Ordinal).ThenBy(s => s.Key.Second, StringComparer.Ordinal).ThenBy(s => s.Key.Third, StringComparer.Ordinal);

    /// <summary>Forgets the series of a gauge, before it is observed again.</summary>
    public void Forget() => _series.Clear();

    /// <summary>Takes one measurement.</summary>
    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        MetricLabels labels = MetricLabels.Values(tags);
        if (!_series.TryGetValue(labels, out MetricSeries? series))
        {
            Labels = MetricLabels.Names(tags);
            series = _series.GetOrAdd(_series.Count < MaxSeries ? labels : Overflow, static (_, buckets) => new MetricSeries(buckets), IsHistogram ? Bounds.Length + 1 : 0);
        }

        if (Instrument.IsObservable)
            series.Set(value);
        else
            series.Record(value, IsHistogram ? BucketOf(value) : 0);
    }

    private static int BucketOf(double value)
    {
        int bucket = 0;
        while (bucket < Bounds.Length && value > Bounds[bucket])
            bucket++;
        return bucket;
    }
}
