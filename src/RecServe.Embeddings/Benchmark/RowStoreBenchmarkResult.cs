namespace RecServe.Embeddings;

/// <summary>Figures of a run.</summary>
/// <param name="Requested">Keys of all gathers.</param>
/// <param name="Hot">Those that the hot rows are taken to have.</param>
/// <param name="Asked">Distinct other keys, asked of the store.</param>
/// <param name="FasterMemory">Found in the memory of the log.</param>
/// <param name="FasterDisk">Found on disk.</param>
/// <param name="Lost">Not found, though every key has a row.</param>
/// <param name="Wrong">Found with other bytes than were stored.</param>
/// <param name="MedianMs">Median time of a gather's look-up in the store.</param>
/// <param name="P99Ms">99th percentile of it.</param>
/// <param name="WorstMs">Longest.</param>
/// <param name="NsPerAskedRow">Mean time a distinct key.</param>
/// <param name="LoadRowsPerSecond">Rows imported a second.</param>
/// <param name="CheckpointMs">Time of the checkpoint after the import, with the index.</param>
/// <param name="RecoveryMs">Time to open the store again.</param>
/// <param name="UpdatesApplied">Updates applied while gathers ran.</param>
/// <param name="ResidentBytes">The process's resident memory at the end.</param>
/// <param name="Store">The store's sizes at the end.</param>
public sealed record RowStoreBenchmarkResult(
    long Requested, long Hot, long Asked, long FasterMemory, long FasterDisk, long Lost, long Wrong, double MedianMs, double P99Ms, double WorstMs,
    double NsPerAskedRow, double LoadRowsPerSecond, double CheckpointMs, double RecoveryMs, long UpdatesApplied, long ResidentBytes, RowStoreSnapshot Store);
