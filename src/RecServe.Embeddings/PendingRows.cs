namespace RecServe.Embeddings;

/// <summary>A table's part of a request that waits for the tiers below.</summary>
/// <param name="Kept">Where the scratch memory keeps the rows that were found.</param>
/// <param name="First">The table's first entry among the missing rows.</param>
/// <param name="Count">How many they are.</param>
public readonly record struct PendingRows(int Kept, int First, int Count);
