namespace RecServe.Embeddings;

/// <summary>Where an update of a row came from; kept with the row. Rows of a package have none.</summary>
/// <param name="Producer">Number of the producer, as the source of the updates numbers them.</param>
/// <param name="EventTime">When the event happened that made the update, in milliseconds since 1970 UTC.</param>
/// <param name="Offset">Place of the update in its source's log.</param>
public readonly record struct RowOrigin(uint Producer, long EventTime, long Offset);
