namespace RecServe.Embeddings;

/// <summary>What opening a store found.</summary>
/// <param name="Checkpoint">Number of the checkpoint that was recovered; 0 if the store is new or its process ended before the first one.</param>
/// <param name="Warnings">What could not be used, and why, in words; empty if all was well.</param>
/// <param name="Duration">How long it took.</param>
public sealed record RecoveryReport(long Checkpoint, IReadOnlyList<string> Warnings, TimeSpan Duration);
