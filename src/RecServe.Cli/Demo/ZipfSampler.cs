namespace RecServe.Cli.Demo;

/// <summary>Draws ranks 0 … n−1 with probability proportional to 1/(rank+1)^skew, by bisection of the cumulative weights.</summary>
internal sealed class ZipfSampler
{
    private readonly double[] _cumulative;

    public ZipfSampler(int count, double skew)
    {
        _cumulative = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++)
            _cumulative[i] = sum += Math.Pow(i + 1, -skew);
    }

    public int Next(Random random)
    {
        int at = Array.BinarySearch(_cumulative, random.NextDouble() * _cumulative[^1]);
        return Math.Min(at < 0 ? ~at : at + 1, _cumulative.Length - 1);
    }
}
