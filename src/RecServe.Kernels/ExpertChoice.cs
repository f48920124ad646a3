using System.Numerics;

namespace RecServe.Kernels;

/// <summary>Which experts a row takes, and with what weights.</summary>
public static class ExpertChoice
{
    /// <summary>Chooses the <paramref name="count"/> experts of the largest probability; equal ones by lower number.</summary>
    /// <param name="p">Probabilities of one row.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="chosen">Set to whether each is chosen; as long as <paramref name="p"/>.</param>
    public static void Largest<T>(ReadOnlySpan<T> p, int count, Span<bool> chosen)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        chosen[..p.Length].Clear();
        for (int n = 0; n < count && Next(p, chosen) is var best and >= 0; n++)
            chosen[best] = true;
    }

    /// <summary>
    /// Chooses the fewest experts, largest probability first, whose sum is more than <paramref name="threshold"/>; all of them where no sum is (Huang et al. 2024,
    /// arXiv 2403.07652). The expert that crosses the threshold is chosen.
    /// </summary>
    /// <param name="p">Probabilities of one row.</param>
    /// <param name="threshold">From 0 to 1.</param>
    /// <param name="chosen">Set to whether each is chosen; as long as <paramref name="p"/>.</param>
    public static void Cumulative<T>(ReadOnlySpan<T> p, T threshold, Span<bool> chosen)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        chosen[..p.Length].Clear();
        T sum = T.Zero;
        while (!(sum > threshold) && Next(p, chosen) is var best and >= 0)
        {
            chosen[best] = true;
            sum += p[best];
        }
    }

    /// <summary>The gates of one row: the probabilities of chosen experts, 0 elsewhere and for zero experts.</summary>
    /// <param name="p">Probabilities.</param>
    /// <param name="chosen">Which are chosen.</param>
    /// <param name="firstZero">Number of the first zero expert, which and after which gates are 0.</param>
    /// <param name="normalized">Whether gates are divided by their sum; all are 0 where that is 0.</param>
    /// <param name="gates">Takes them.</param>
    public static void Gates<T>(ReadOnlySpan<T> p, ReadOnlySpan<bool> chosen, int firstZero, bool normalized, Span<T> gates)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T sum = T.Zero;
        for (int i = 0; i < p.Length; i++)
        {
            gates[i] = chosen[i] && i < firstZero ? p[i] : T.Zero;
            sum += gates[i];
        }

        for (int i = 0; normalized && sum > T.Zero && i < p.Length; i++)
            gates[i] /= sum;
    }

    private static int Next<T>(ReadOnlySpan<T> p, ReadOnlySpan<bool> chosen)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int best = -1;
        for (int i = 0; i < p.Length; i++)
        {
            if (!chosen[i] && (best < 0 || p[i] > p[best]))
                best = i;
        }

        return best;
    }
}
