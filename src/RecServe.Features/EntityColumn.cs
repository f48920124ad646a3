namespace RecServe.Features;

/// <summary>One field's encoded values for every entity of an <see cref="EntityCatalog"/>.</summary>
/// <param name="Field">Index of the field in the package's field list.</param>
/// <param name="Keys">Row keys of all entities.</param>
/// <param name="Weights">Weight of each key.</param>
/// <param name="Offsets">Count + 1 offsets into <paramref name="Keys"/>; an entity without entries has no value for the field.</param>
public sealed record EntityColumn(int Field, ulong[] Keys, float[] Weights, int[] Offsets)
{
    /// <summary>Whether every entity has exactly one entry of weight 1, so that entity r owns key r.</summary>
    public bool IsPlain { get; } = Offsets.Length == Keys.Length + 1 && !Weights.AsSpan().ContainsAnyExcept(1f) && IsCounting(Offsets);

    /// <summary>Adds the entries of an entity to the open sample of a column.</summary>
    public void CopyTo(int row, FeatureColumn column)
    {
        int start = Offsets[row], length = Offsets[row + 1] - start;
        column.AddRange(Keys.AsSpan(start, length), Weights.AsSpan(start, length));
    }

    /// <summary>
    /// Adds a closed sample for each of many entities. The rows lie anywhere in the column: in a loop that does nothing else, their cache
    /// misses overlap: encoding 500 items × 6 fields so took a sixth to a twelfth of the CPU time of going item by item.
    /// </summary>
    /// <param name="rows">Rows of the entities; −1 for one that is not known, which gets the missing row.</param>
    /// <param name="column">Takes the samples; its open sample is empty.</param>
    public void CopyTo(ReadOnlySpan<int> rows, FeatureColumn column)
    {
        if (IsPlain)
        {
            Span<ulong> keys = column.AddSingles(rows.Length);
            for (int i = 0; i < rows.Length; i++)
                keys[i] = rows[i] >= 0 ? Keys[rows[i]] : RowKey.Missing;
            return;
        }

        foreach (int row in rows)
        {
            if (row >= 0)
                CopyTo(row, column);
            column.EndSample();
        }
    }

    private static bool IsCounting(int[] offsets)
    {
        for (int i = 0; i < offsets.Length; i++)
        {
            if (offsets[i] != i)
                return false;
        }

        return true;
    }
}
