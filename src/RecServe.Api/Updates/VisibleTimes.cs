namespace RecServe.Api.Updates;

/// <summary>How old updates were when they became visible: the exact times of the last <see cref="Most"/> messages. One thread adds; any reads.</summary>
internal sealed class VisibleTimes
{
    /// <summary>Messages that are remembered.</summary>
    public const int Most = 16_384;

    private readonly float[] _milliseconds = new float[Most];
    private long _count;

    /// <summary>Remembers a message's time.</summary>
    public void Add(TimeSpan time)
    {
        _milliseconds[_count % Most] = (float)time.TotalMilliseconds;
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>Median and 99th percentile in milliseconds (nearest rank); null before the first message.</summary>
    public (double P50, double P99)? Percentiles()
    {
        int count = (int)Math.Min(Volatile.Read(ref _count), Most);
        if (count == 0)
            return null;
        float[] sorted = _milliseconds[..count];
        Array.Sort(sorted);
        return (At(0.5), At(0.99));

        double At(double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * count) - 1)];
    }
}
