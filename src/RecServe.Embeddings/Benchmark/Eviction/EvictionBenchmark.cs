namespace RecServe.Embeddings;

/// <summary>Compares the shipped table's hit rate with those of other policies and of the optimum over one trace.</summary>
public static class EvictionBenchmark
{
    /// <summary>Runs every policy over a trace.</summary>
    /// <param name="trace">Accesses.</param>
    /// <param name="percents">Sizes in percent of the keys, each more than 0 and at most 100.</param>
    /// <param name="seed">Seed of the shipped table's hash.</param>
    /// <param name="progress">Told what is being done; may be null.</param>
    /// <param name="cancellation">Stops between two policies.</param>
    public static IReadOnlyList<EvictionFigures> Run(
        AccessTrace trace, IReadOnlyList<double> percents, ulong seed, IProgress<string>? progress, CancellationToken cancellation)
    {
        ReadOnlyMemory<int> accesses = trace.Accesses;
        progress?.Report($"{accesses.Length:N0} accesses to {trace.Keys:N0} keys");
        int[] next = BeladyOptimum.NextUses(accesses.Span, trace.Keys);
        var figures = new List<EvictionFigures>();
        foreach (double percent in percents)
        {
            int capacity = Math.Max(1, (int)(trace.Keys * percent / 100));
            double Rate(string name, Func<IEvictionPolicy> make)
            {
                cancellation.ThrowIfCancellationRequested();
                using IEvictionPolicy policy = make();
                double rate = (double)Hits(policy, accesses.Span) / accesses.Length;
                progress?.Report($"{percent} % of the keys, {name}: {rate:0.0000}");
                return rate;
            }

            figures.Add(new EvictionFigures(percent, capacity,
                Rate("cached table", () => new ShippedPolicy(capacity, seed)),
                Rate("LRU", () => new LruPolicy(trace.Keys, capacity)),
                Rate("CLOCK", () => new ClockPolicy(trace.Keys, capacity)),
                Rate("SIEVE", () => new SievePolicy(trace.Keys, capacity)),
                Rate("S3-FIFO", () => new S3FifoPolicy(trace.Keys, capacity)),
                Rate("W-TinyLFU", () => new TinyLfuPolicy(trace.Keys, capacity)),
                (double)BeladyOptimum.Hits(accesses.Span, next, capacity) / accesses.Length));
        }

        return figures;
    }

    private static long Hits(IEvictionPolicy policy, ReadOnlySpan<int> accesses)
    {
        long hits = 0;
        foreach (int key in accesses)
            hits += policy.Access(key) ? 1 : 0;
        return hits;
    }
}
