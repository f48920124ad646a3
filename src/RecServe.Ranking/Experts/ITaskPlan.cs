namespace RecServe.Ranking;

/// <summary>The dense part of a model with tasks, for serving. Immutable and thread-safe.</summary>
/// <typeparam name="T">A number.</typeparam>
internal interface ITaskPlan<T>
    where T : unmanaged
{
    /// <summary>Number of tasks.</summary>
    int Tasks { get; }

    /// <summary>Numbers that hold what the candidates of one user share.</summary>
    int RequestLength { get; }

    /// <summary>Numbers of scratch memory that a pass over <paramref name="rows"/> rows needs.</summary>
    int RowScratch(int rows);

    /// <summary>Makes what the candidates of a user share.</summary>
    /// <param name="user">U numbers.</param>
    /// <param name="request">Takes <see cref="RequestLength"/> numbers.</param>
    void Share(ReadOnlySpan<T> user, Span<T> request);

    /// <summary>Numbers of the item's part of the layers on x: those of <see cref="RequestLength"/> that items have a part in.</summary>
    int ItemPartLength { get; }

    /// <summary>Makes the items' parts, without user and bias.</summary>
    /// <param name="items">One row an item.</param>
    /// <param name="stride">Numbers from one item to the next.</param>
    /// <param name="rows">Number of items.</param>
    /// <param name="parts">Takes <see cref="ItemPartLength"/> numbers an item, one after another.</param>
    void ItemParts(ReadOnlySpan<T> items, int stride, int rows, Span<T> parts);

    /// <summary>Scores rows.</summary>
    /// <param name="x">The rows.</param>
    /// <param name="scratch">At least <see cref="RowScratch"/> numbers; overwritten.</param>
    /// <param name="logits">Takes one logit a task for each row.</param>
    /// <param name="stride">Numbers from one row's logits to the next row's.</param>
    void Apply(in SidedRows<T> x, Span<T> scratch, Span<T> logits, int stride);
}
