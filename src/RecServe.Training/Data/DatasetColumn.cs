namespace RecServe.Training.Data;

/// <summary>
/// One field of a <see cref="Dataset"/>: table rows instead of keys. A single-valued field has Rows.Length = samples and null offsets
/// and weights; otherwise sample s owns entries [Offsets[s], Offsets[s+1]) and its vector is Σ Weights · row. Row −1 is the default row.
/// </summary>
/// <param name="Rows">Table row of each entry.</param>
/// <param name="Offsets">Samples + 1 offsets, or null for exactly one entry a sample.</param>
/// <param name="Weights">Weight of each entry, or null where all are 1.</param>
public sealed record DatasetColumn(int[] Rows, int[]? Offsets, float[]? Weights);
