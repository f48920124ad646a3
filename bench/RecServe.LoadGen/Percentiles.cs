namespace RecServe.LoadGen;

/// <summary>Exact percentiles (nearest rank) in milliseconds; NaN of nothing.</summary>
internal readonly record struct Percentiles(double P50, double P99, double P999, double Max)
{
    /// <summary>Of times in <see cref="System.Diagnostics.Stopwatch"/> ticks; sorts them.</summary>
    public static Percentiles Of(long[] ticks)
    {
        Array.Sort(ticks);
        return new Percentiles(At(ticks, 0.5), At(ticks, 0.99), At(ticks, 0.999), At(ticks, 1));
    }

    private static double At(long[] sorted, double share) => sorted.Length == 0
        ? double.NaN
        : sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)] * 1e3 / System.Diagnostics.Stopwatch.Frequency;
}
