namespace RecServe.Ranking;

/// <summary>
/// One way to score the candidates of a request through a cross network and what stands on it. All ways give the same numbers up to
/// rounding; they differ in what is done once a request and what for each candidate. Immutable and thread-safe.
/// </summary>
/// <typeparam name="T">A number.</typeparam>
internal interface ICrossPlan<T>
    where T : unmanaged
{
    /// <summary>What the plan is called in benchmarks.</summary>
    string Name { get; }

    /// <summary>Numbers that hold what the candidates of one user share.</summary>
    int RequestLength { get; }

    /// <summary>Numbers of scratch memory that making the shared part needs.</summary>
    int ShareScratch { get; }

    /// <summary>Numbers of scratch memory that a pass over <paramref name="rows"/> candidates needs.</summary>
    int RowScratch(int rows);

    /// <summary>What the shared part costs.</summary>
    PlanWork ShareWork { get; }

    /// <summary>What one pass over <paramref name="rows"/> candidates costs.</summary>
    PlanWork RowWork(int rows);

    /// <summary>Makes what the candidates of a user share.</summary>
    /// <param name="user">U numbers.</param>
    /// <param name="request">Takes <see cref="RequestLength"/> numbers.</param>
    /// <param name="scratch">At least <see cref="ShareScratch"/> numbers; overwritten.</param>
    void Share(ReadOnlySpan<T> user, Span<T> request, Span<T> scratch);

    /// <summary>
    /// Scores candidates. Under a head the logits in <paramref name="y"/> are added to; under a dense layer its outputs are written there.
    /// </summary>
    /// <param name="user">U numbers: those that <paramref name="request"/> was made of.</param>
    /// <param name="request">The shared part.</param>
    /// <param name="items">One row of at least I numbers a candidate.</param>
    /// <param name="stride">Numbers from one row of items to the next.</param>
    /// <param name="rows">Number of candidates.</param>
    /// <param name="scratch">At least <see cref="RowScratch"/> numbers; overwritten.</param>
    /// <param name="y">One row of outputs a candidate.</param>
    void Apply(ReadOnlySpan<T> user, ReadOnlySpan<T> request, ReadOnlySpan<T> items, int stride, int rows, Span<T> scratch, Span<T> y);
}
