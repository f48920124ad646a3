using RecServe.Kernels;

namespace RecServe.Api.Shadow;

/// <summary>Differences between two versions over a window of recent requests: 16,384 candidates and 512 requests, about 75 KB. Thread-safe.</summary>
internal sealed class ShadowDrift
{
    private const int MostCandidates = 16_384, MostRequests = 512;
    private readonly Lock _lock = new();
    private readonly Window _differences = new(MostCandidates), _correlations = new(MostRequests), _overlaps = new(MostRequests);

    /// <summary>Compares one request's scores.</summary>
    /// <param name="served">Logits of the version that answered, at least one.</param>
    /// <param name="shadow">Logits of the other for the same candidates.</param>
    /// <param name="top">Items that were returned, 1 to the number of candidates.</param>
    public void Add(ReadOnlySpan<float> served, ReadOnlySpan<float> shadow, int top)
    {
        double correlation = served.Length > 1 ? RankCorrelation.Spearman(Doubles(served), Doubles(shadow)) : double.NaN;
        int[] first = new int[top], second = new int[top];
        TopK.Select(served, first);
        TopK.Select(shadow, second);
        double overlap = (double)first.Intersect(second).Count() / top;
        lock (_lock)
        {
            for (int i = 0; i < served.Length; i++)
                _differences.Add(Math.Abs((double)served[i] - shadow[i]));
            if (!double.IsNaN(correlation))
                _correlations.Add(correlation);
            _overlaps.Add(overlap);
        }
    }

    /// <summary>The figures of the window; null before the first request.</summary>
    public ShadowFigures? Read()
    {
        double[] differences, correlations, overlaps;
        lock (_lock)
            (differences, correlations, overlaps) = (_differences.ToArray(), _correlations.ToArray(), _overlaps.ToArray());
        if (differences.Length == 0)
            return null;
        Array.Sort(differences);
        return new ShadowFigures(differences.Average(), differences[(int)Math.Ceiling(0.99 * differences.Length) - 1],
            correlations.Length > 0 ? correlations.Average() : double.NaN, overlaps.Average());
    }

    private static double[] Doubles(ReadOnlySpan<float> values)
    {
        var doubles = new double[values.Length];
        for (int i = 0; i < doubles.Length; i++)
            doubles[i] = values[i];
        return doubles;
    }

    private sealed class Window(int most)
    {
        private readonly double[] _values = new double[most];
        private long _count;

        public void Add(double value) => _values[_count++ % _values.Length] = value;

        public double[] ToArray() => _values[..(int)Math.Min(_count, _values.Length)];
    }
}
