namespace RecServe.Embeddings;

/// <summary>What came of a batch of deltas; <c>applied + stale + refused</c> is their number.</summary>
/// <param name="Applied">Deltas that changed the table.</param>
/// <param name="Stale">Deltas not newer than what the table has.</param>
/// <param name="Refused">Deltas that cannot be stored.</param>
/// <param name="FirstRefused">Index of the first of those, or -1.</param>
/// <param name="Refusal">Why it was refused.</param>
public readonly record struct ApplyResult(int Applied, int Stale, int Refused, int FirstRefused, ApplyRefusal Refusal);
