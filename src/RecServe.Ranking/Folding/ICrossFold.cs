namespace RecServe.Ranking;

/// <summary>
/// The first layers of a cross network folded over one user: the user's block of what comes out of them is an affine function α + A·z of a candidate's numbers z, whose α and A a
/// request makes once. After <see cref="Apply"/> a candidate's row is [z ; x_I], x_I the item's block of what comes out. Immutable and thread-safe.
/// </summary>
/// <typeparam name="T">A number.</typeparam>
internal interface ICrossFold<T>
    where T : unmanaged
{
    /// <summary>Numbers of z.</summary>
    int Columns { get; }

    /// <summary>Numbers from one candidate's [z ; x_I] to the next's.</summary>
    int ItemStride { get; }

    /// <summary>Numbers of what candidates need of the user in the folded layers.</summary>
    int RequestLength { get; }

    /// <summary>Numbers of α and of A turned: a row of U numbers for α, then one for each number of z.</summary>
    int StateLength { get; }

    /// <summary>Numbers that <see cref="Share"/> works in beside the state.</summary>
    int WorkLength { get; }

    /// <summary>Numbers that <see cref="Apply"/> writes: the candidates' rows, then what it works in.</summary>
    int RowLength(int rows);

    /// <summary>What <see cref="Share"/> costs.</summary>
    PlanWork ShareWork(bool through);

    /// <summary>What <see cref="Apply"/> costs.</summary>
    PlanWork RowWork(int rows);

    /// <summary>Makes what candidates need of the user, and α and A turned in the state.</summary>
    /// <param name="user">u.</param>
    /// <param name="through">Whether the state is carried through the last folded layer; else it is that of the layer's input.</param>
    /// <param name="request">Takes <see cref="RequestLength"/> numbers.</param>
    /// <param name="state">Takes α and A turned.</param>
    /// <param name="work">Scratch memory.</param>
    void Share(ReadOnlySpan<T> user, bool through, Span<T> request, Span<T> state, Span<T> work);

    /// <summary>Makes candidates' [z ; x_I].</summary>
    /// <param name="request">What <see cref="Share"/> gave.</param>
    /// <param name="items">One row a candidate.</param>
    /// <param name="stride">Numbers from one row of items to the next.</param>
    /// <param name="rows">Number of candidates.</param>
    /// <param name="z">Takes <see cref="RowLength"/> numbers.</param>
    void Apply(ReadOnlySpan<T> request, ReadOnlySpan<T> items, int stride, int rows, Span<T> z);
}
