namespace RecServe.Embeddings;

/// <summary>What came of rows offered to be written behind; the four are their number.</summary>
/// <param name="Queued">Will be written.</param>
/// <param name="Stale">Not newer than the row of the same key that waits already.</param>
/// <param name="Dropped">The queue was full.</param>
/// <param name="Refused">No row of the table: wrong length, not finite, or too large for the table's precision.</param>
public readonly record struct SharedOffer(int Queued, int Stale, int Dropped, int Refused);
