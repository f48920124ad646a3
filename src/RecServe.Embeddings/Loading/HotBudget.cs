namespace RecServe.Embeddings;

/// <summary>Shares process memory among the tables of a model.</summary>
internal static class HotBudget
{
    /// <summary>
    /// The bytes of each table: what it needs, as long as that is no more than an equal share of what is left; the larger ones divide the rest in proportion to
    /// their needs. So the many small tables of a model cost no look-ups below, and the few large ones get what there is.
    /// </summary>
    /// <param name="needs">Bytes that each table takes whole.</param>
    /// <param name="budget">Bytes to share.</param>
    /// <returns>One share a table, in the order of <paramref name="needs"/>; a table whose share is below its need is held in part.</returns>
    public static long[] Share(ReadOnlySpan<long> needs, long budget)
    {
        long[] shares = needs.ToArray();
        int[] order = [.. Enumerable.Range(0, shares.Length)];
        Array.Sort(needs.ToArray(), order);
        for (int i = 0; i < order.Length; i++)
        {
            long need = shares[order[i]];
            if (need <= budget / (order.Length - i))
            {
                budget -= need;
                continue;
            }

            double rest = order[i..].Sum(table => (double)shares[table]);
            foreach (int table in order[i..])
                shares[table] = Math.Max(CachedTableOptions.LeastBudget, (long)(budget * (shares[table] / rest)));
            break;
        }

        return shares;
    }
}
