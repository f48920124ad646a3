namespace RecServe.Cli.Bench.Experts;

/// <summary>Mean of differences of pairs with its 95 % interval by Student's t: mean ± t(n − 1) · s / √n.</summary>
/// <param name="Mean">Mean of the differences.</param>
/// <param name="HalfWidth">Half of the interval; not a number for fewer than two pairs.</param>
internal readonly record struct PairedInterval(double Mean, double HalfWidth)
{
    private const double Confidence = 0.95;

    /// <summary>Lower end.</summary>
    public double Low => Mean - HalfWidth;

    /// <summary>Upper end.</summary>
    public double High => Mean + HalfWidth;

    /// <summary>The interval of differences, at least one.</summary>
    public static PairedInterval Of(IReadOnlyList<double> differences)
    {
        int n = differences.Count;
        double mean = differences.Average();
        return new PairedInterval(mean, n < 2 ? double.NaN : Quantile(n - 1) * Math.Sqrt(differences.Sum(d => (d - mean) * (d - mean)) / (n - 1) / n));
    }

    /// <summary>The t that |T| stays below with a probability of 95 %, by halving.</summary>
    /// <param name="degrees">Degrees of freedom, at least 1.</param>
    internal static double Quantile(int degrees)
    {
        double low = 0, high = 20;
        while (high - low > 1e-9)
        {
            double middle = (low + high) / 2;
            (low, high) = Within(middle, degrees) < Confidence ? (middle, high) : (low, middle);
        }

        return high;
    }

    // P(|T| < t): Abramowitz and Stegun, 26.7.3 and 26.7.4.
    private static double Within(double t, int degrees)
    {
        double angle = Math.Atan(t / Math.Sqrt(degrees)), cosine = Math.Cos(angle), term = degrees % 2 == 1 ? cosine : 1, sum = degrees == 1 ? 0 : term;
        for (int i = degrees % 2 == 1 ? 3 : 2; i < degrees; i += 2)
            sum += term *= (i - 1.0) / i * cosine * cosine;
        return degrees % 2 == 1 ? 2 / Math.PI * (angle + (Math.Sin(angle) * sum)) : Math.Sin(angle) * sum;
    }
}
