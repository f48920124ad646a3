namespace RecServe.Compression.Experts;

/// <summary>Groups of networks that become one: each group's networks, the first of them its reference.</summary>
internal static class ExpertGroups
{
    /// <summary>The <paramref name="count"/> networks of the largest saliency, each alone, in the order of their numbers; the others are in no group.</summary>
    public static int[][] Kept(LayerUse use, int count) =>
        [.. Enumerable.Range(0, use.Saliency.Length).OrderByDescending(e => use.Saliency[e]).ThenBy(e => e).Take(count).Order().Select(e => new[] { e })];

    /// <summary>
    /// All networks in <paramref name="count"/> groups of those that are routed to alike: the two groups of the largest mean correlation of logits are joined until so many
    /// are left. The reference of a group is the network that most samples took.
    /// </summary>
    public static int[][] Similar(LayerUse use, int count)
    {
        int n = use.Saliency.Length;
        List<List<int>> groups = [.. Enumerable.Range(0, n).Select(e => new List<int> { e })];
        while (groups.Count > count)
        {
            (int A, int B, double Correlation) best = (0, 1, double.NegativeInfinity);
            for (int a = 0; a < groups.Count; a++)
            {
                for (int b = a + 1; b < groups.Count; b++)
                {
                    double mean = groups[a].SelectMany(i => groups[b].Select(j => use.Correlation[(i * n) + j])).Average();
                    if (mean > best.Correlation)
                        best = (a, b, mean);
                }
            }

            groups[best.A].AddRange(groups[best.B]);
            groups.RemoveAt(best.B);
        }

        return [.. groups.Select(group => group.OrderByDescending(e => use.Chosen[e]).ThenBy(e => e).ToArray()).OrderBy(group => group.Min())];
    }
}
