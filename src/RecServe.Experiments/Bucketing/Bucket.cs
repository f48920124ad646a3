namespace RecServe.Experiments;

/// <summary>
/// Which unit falls where: GrowthBook's bucketing, so that any of its SDKs computes the same.
/// Source: github.com/growthbook/growthbook, docs "Build your own SDK" and sdk-js util.ts.
/// </summary>
public static class Bucket
{
    /// <summary>Bucket of a unit, from 0 to below 1.</summary>
    /// <param name="seed">Makes the buckets of one experiment independent of another's.</param>
    /// <param name="value">The unit, such as a user id.</param>
    /// <param name="version">2: 10,000 buckets, unbiased. 1: 1,000 buckets, for configurations that exist already.</param>
    /// <returns>Null for any other version.</returns>
    public static double? Of(ReadOnlySpan<char> seed, ReadOnlySpan<char> value, int version)
    {
        switch (version)
        {
            case 1:
                return Fnv1a32.Append(Fnv1a32.Hash(value), seed) % 1000 / 1000.0;
            case 2:
                Span<char> digits = stackalloc char[10];
                Fnv1a32.Append(Fnv1a32.Hash(seed), value).TryFormat(digits, out int length);
                return Fnv1a32.Hash(digits[..length]) % 10000 / 10000.0;
            default:
                return null;
        }
    }

    /// <summary>Equal weights for so many variants; none for a count below 1.</summary>
    public static double[] EqualWeights(int variants)
    {
        double[] weights = new double[Math.Max(0, variants)];
        Array.Fill(weights, 1.0 / variants);
        return weights;
    }

    /// <summary>
    /// The ranges of an experiment's variants. A range starts at the sum of the full weights before it, whatever the coverage is: raising
    /// the coverage only adds units and moves none from one variant to another.
    /// </summary>
    /// <param name="variants">Number of variants.</param>
    /// <param name="coverage">Share of units included; clamped to 0..1.</param>
    /// <param name="weights">One a variant, summing to 0.99..1.01; anything else means equal weights.</param>
    public static BucketRange[] Ranges(int variants, double coverage, ReadOnlySpan<double> weights)
    {
        coverage = Math.Clamp(coverage, 0, 1);
        double sum = 0;
        foreach (double weight in weights)
            sum += weight;
        if (weights.Length != variants || sum is < 0.99 or > 1.01)
            weights = EqualWeights(variants);
        var ranges = new BucketRange[Math.Max(0, variants)];
        double start = 0;
        for (int i = 0; i < ranges.Length; i++)
        {
            ranges[i] = new BucketRange(start, start + (coverage * weights[i]));
            start += weights[i];
        }

        return ranges;
    }

    /// <summary>Index of the first range that holds a bucket, or −1.</summary>
    public static int Choose(double bucket, ReadOnlySpan<BucketRange> ranges)
    {
        for (int i = 0; i < ranges.Length; i++)
        {
            if (ranges[i].Contains(bucket))
                return i;
        }

        return -1;
    }

    /// <summary>Whether a unit belongs to a part of a namespace; experiments in disjoint parts never share a unit.</summary>
    public static bool InNamespace(ReadOnlySpan<char> unit, string name, BucketRange part) =>
        Of($"__{name}", unit, version: 1) is { } bucket && part.Contains(bucket);
}
