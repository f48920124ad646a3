namespace RecServe.Embeddings;

/// <summary>Times of a side that stands in several places of memory, round r in place r modulo their number.</summary>
internal static class PlaceMedians
{
    /// <summary>The median of each place's rounds.</summary>
    public static double[] Of(double[] rounds, int places) =>
        [.. Enumerable.Range(0, places).Select(place => Median([.. rounds.Where((_, round) => round % places == place)]))];

    /// <summary>The middle of some numbers.</summary>
    public static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
