namespace RecServe.Ranking;

/// <summary>The layers that read the item first: their sums over the item's inputs alone are what <see cref="KeptItems"/> keeps.</summary>
internal interface IItemLayer
{
    /// <summary>Numbers of one item's part; 0 where there is none.</summary>
    int ItemPartLength { get; }

    /// <summary>W_item·item without the user and the bias.</summary>
    /// <param name="items">One row an item.</param>
    /// <param name="stride">Floats from one item to the next.</param>
    /// <param name="rows">Number of items.</param>
    /// <param name="parts">Takes <see cref="ItemPartLength"/> floats an item, one after another.</param>
    void ItemParts(ReadOnlySpan<float> items, int stride, int rows, Span<float> parts);
}
