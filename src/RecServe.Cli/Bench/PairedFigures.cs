namespace RecServe.Cli.Bench;

/// <summary>One quantity of both sides, measured in turn many times: the ratio of neighbours says more than either alone on a machine that does other things too.</summary>
internal sealed class PairedFigures
{
    private readonly List<(double Before, double After)> _pairs = [];

    /// <summary>Adds one turn of both.</summary>
    public void Add(double before, double after) => _pairs.Add((before, after));

    /// <summary>Turns.</summary>
    public int Count => _pairs.Count;

    /// <summary>Median of the first side.</summary>
    public double Before => Quantile(_pairs.Select(pair => pair.Before), 0.5);

    /// <summary>Median of the second.</summary>
    public double After => Quantile(_pairs.Select(pair => pair.After), 0.5);

    /// <summary>Smallest before: what it takes when nothing else gets in between.</summary>
    public double FastestBefore => Quantile(_pairs.Select(pair => pair.Before), 0);

    /// <summary>Smallest after.</summary>
    public double FastestAfter => Quantile(_pairs.Select(pair => pair.After), 0);

    /// <summary>Quantile of the turns' after / before; 0.5 is the figure to compare.</summary>
    public double Ratio(double quantile = 0.5) => Quantile(_pairs.Select(pair => pair.After / pair.Before), quantile);

    private static double Quantile(IEnumerable<double> values, double quantile)
    {
        double[] sorted = [.. values.Order()];
        double at = quantile * (sorted.Length - 1);
        int low = (int)at, high = Math.Min(sorted.Length - 1, low + 1);
        return sorted.Length == 0 ? double.NaN : sorted[low] + ((at - low) * (sorted[high] - sorted[low]));
    }
}
