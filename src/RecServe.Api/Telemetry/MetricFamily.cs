using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace RecServe.Api.Telemetry;

/// <summary>One metric with all its series. No metric of this server has more than two labels.</summary>
internal sealed class MetricFamily(Instrument instrument)
{
    /// <summary>Series kept of one metric; further label values share one series named <c>other</c>.</summary>
    public const int MaxSeries = 4_096;

    /// <summary>Upper bounds of the histogram's buckets in seconds: a ranking takes 0.1 to 10 ms, its stages less.</summary>
    public static readonly double[] Bounds =
        [0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

    private static readonly (string?, string?) Overflow = ("other", "other");

    private readonly ConcurrentDictionary<(string?, string?), MetricSeries> _series = new();

    /// <summary>What the values mean.</summary>
    public Instrument Instrument { get; } = instrument;

    /// <summary>Whether the values are sorted into buckets.</summary>
    public bool IsHistogram { get; } = instrument is Histogram<double>;

    /// <summary>Names of the labels; null until something is recorded, and then where there is no such label.</summary>
    public (string? First, string? Second) Labels { get; private set; }

    /// <summary>The series by label values, ordered.</summary>
    public IEnumerable<KeyValuePair<(string?, string?), MetricSeries>> Series => _series.OrderBy(s => s.Key.Item1, StringComparer.Ordinal).ThenBy(s => s.Key.Item2, StringComparer.Ordinal);

    /// <summary>Takes one measurement.</summary>
    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        (string?, string?) labels = (tags.Length > 0 ? tags[0].Value as string : null, tags.Length > 1 ? tags[1].Value as string : null);
        if (!_series.TryGetValue(labels, out MetricSeries? series))
        {
            Labels = (tags.Length > 0 ? tags[0].Key : null, tags.Length > 1 ? tags[1].Key : null);
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
