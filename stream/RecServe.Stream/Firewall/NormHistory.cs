namespace RecServe.Stream;

/// <summary>
/// How long a table's rows usually are: running mean and variance of their Euclidean norms (Welford), over about the last <see cref="Memory"/> of them. A norm beyond
/// the limit of its day enters as the limit, so that a producer cannot move it by what is refused. Not thread-safe.
/// </summary>
internal sealed class NormHistory
{
    /// <summary>Rows after which older ones begin to be forgotten.</summary>
    public const int Memory = 10_000;

    private double _mean, _variance;
    private int _count;

    /// <summary>Mean and three standard deviations: what a longer row of the table still is.</summary>
    public double Usual => _mean + (3 * Math.Sqrt(_variance));

    /// <summary>Adds a row's norm.</summary>
    public void Add(double norm)
    {
        _count = Math.Min(_count + 1, Memory);
        double weight = 1.0 / _count, difference = norm - _mean;
        _mean += weight * difference;
        _variance = (1 - weight) * (_variance + (weight * difference * difference));
    }
}
