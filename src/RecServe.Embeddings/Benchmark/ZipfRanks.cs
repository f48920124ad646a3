namespace RecServe.Embeddings;

/// <summary>
/// Draws ranks 0…n-1 with probability proportional to (rank + 1)^-s by rejection-inversion. Source: Hörmann and Derflinger, "Rejection-inversion to
/// generate variates from monotone discrete distributions", ACM TOMACS 6 (1996).
/// </summary>
internal sealed class ZipfRanks
{
    private readonly int _count;
    private readonly double _exponent, _first, _last, _accept;
    private readonly Random _random;

    public ZipfRanks(int count, double exponent, int seed)
    {
        (_count, _exponent, _random) = (count, exponent, new Random(seed));
        _first = Integral(1.5) - 1;
        _last = Integral(count + 0.5);
        _accept = 2 - Inverse(Integral(2.5) - Math.Pow(2, -exponent));
    }

    /// <summary>The next rank.</summary>
    public int Next()
    {
        while (true)
        {
            double u = _last + _random.NextDouble() * (_first - _last), x = Inverse(u);
            int k = (int)Math.Clamp(x + 0.5, 1, _count);
            if (k - x <= _accept || u >= Integral(k + 0.5) - Math.Pow(k, -_exponent))
                return k - 1;
        }
    }

    // ∫ x^-s dx from 1, with the limit ln x at s = 1.
    private double Integral(double x) =>
        Math.Abs(_exponent - 1) < 1e-9 ? Math.Log(x) : (Math.Pow(x, 1 - _exponent) - 1) / (1 - _exponent);

    private double Inverse(double y) =>
        Math.Abs(_exponent - 1) < 1e-9 ? Math.Exp(y) : Math.Pow(1 + y * (1 - _exponent), 1 / (1 - _exponent));
}
