namespace RecServe.Embeddings;

/// <summary>Figures of one run of <see cref="TieredBenchmark"/>.</summary>
/// <param name="Rows">Distinct keys of all gathers by the tier that answered; none may be answered by the default row.</param>
/// <param name="Keys">Keys of all gathers, repeated ones too.</param>
/// <param name="P50Ms">Median time of a gather.</param>
/// <param name="P99Ms">Its 99th percentile.</param>
/// <param name="Wrong">Rows that differ from what was stored, of those that were compared.</param>
/// <param name="Compared">Rows that were compared.</param>
/// <param name="HotBytes">Process memory of hot rows, everything counted.</param>
/// <param name="HotRows">Rows in it at the end.</param>
/// <param name="Store">The store's sizes.</param>
/// <param name="LogMemoryBytes">Memory that the log was given.</param>
/// <param name="ResidentSetBytes">Memory of the process as the system counts it.</param>
/// <param name="ResidentSetBefore">The same before the store was opened: the runtime and this program.</param>
public sealed record TieredBenchmarkResult(
    GatherCounts Rows, long Keys, double P50Ms, double P99Ms, long Wrong, long Compared, long HotBytes, long HotRows, RowStoreSnapshot Store, long LogMemoryBytes,
    long ResidentSetBytes, long ResidentSetBefore)
{
    /// <summary>What the process may take: 1.2 times log memory, hot rows, index and 150 MB for the runtime.</summary>
    public long ResidentSetLimit => (long)(1.2 * (LogMemoryBytes + HotBytes + Store.IndexBytes + 150_000_000));

    /// <summary>Hot rows' and the log's memory as a share of the log's bytes.</summary>
    public double MemoryShare => (double)(LogMemoryBytes + HotBytes) / Store.LogBytes;
}
