namespace RecServe.Api.Telemetry;

/// <summary>One series of a metric: a running sum, and bucket counts where the metric is a histogram. Thread-safe without locks.</summary>
internal sealed class MetricSeries(int buckets)
{
    private readonly long[] _counts = new long[buckets];
    private double _sum;

    /// <summary>Sum of what was recorded; the value of a counter.</summary>
    public double Sum => Volatile.Read(ref _sum);

    /// <summary>Recordings in one bucket (not cumulative).</summary>
    public long CountOf(int bucket) => Volatile.Read(ref _counts[bucket]);

    /// <summary>Adds a value, to a bucket where there are any.</summary>
    public void Record(double value, int bucket)
    {
        if (_counts.Length > 0)
            Interlocked.Increment(ref _counts[bucket]);
        double seen;
        do
            seen = Volatile.Read(ref _sum);
        while (Interlocked.CompareExchange(ref _sum, seen + value, seen) != seen);
    }

    /// <summary>Replaces the value: an observable counter reports its total.</summary>
    public void Set(double value) => Volatile.Write(ref _sum, value);
}
