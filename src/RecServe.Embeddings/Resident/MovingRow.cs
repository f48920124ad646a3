namespace RecServe.Embeddings;

/// <summary>A row of a part's delta on its way back into its slot, since an epoch.</summary>
internal readonly record struct MovingRow(TablePart Part, int Number, long Epoch);
