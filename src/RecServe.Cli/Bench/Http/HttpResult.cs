namespace RecServe.Cli.Bench.Http;

/// <summary>Answers a second of each server in each turn.</summary>
/// <param name="Rates">By server: plans, plain, peer.</param>
/// <param name="LargestDifference">Of a score between any server and the plans.</param>
/// <param name="P50Ms">Median latency of the plans at 70 % of their saturation, in milliseconds.</param>
/// <param name="P99Ms">99th percentile of it.</param>
internal sealed record HttpResult(IReadOnlyDictionary<string, List<double>> Rates, double LargestDifference, double P50Ms, double P99Ms)
{
    /// <summary>How many times as many answers the plans give as another server: the median over turns.</summary>
    public double Over(string other) => Median(Rates["plans"].Zip(Rates[other], (plans, its) => plans / its));

    /// <summary>The middle value.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
