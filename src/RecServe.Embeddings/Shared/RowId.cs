namespace RecServe.Embeddings;

/// <summary>One row among those of all tables.</summary>
internal readonly record struct RowId(TableId Table, ulong Key);
