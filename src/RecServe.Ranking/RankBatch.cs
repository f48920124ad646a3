namespace RecServe.Ranking;

/// <summary>One request's gathered floats: the user's once, the candidates' one row each.</summary>
/// <param name="user">User and context vector, <see cref="ModelLayout.User"/>.Width floats.</param>
/// <param name="items">Candidate vectors, count × <see cref="ModelLayout.Item"/>.Width floats, row-major.</param>
/// <param name="count">Number of candidates.</param>
public readonly ref struct RankBatch(ReadOnlySpan<float> user, ReadOnlySpan<float> items, int count)
{
    /// <summary>User and context vector.</summary>
    public ReadOnlySpan<float> User { get; } = user;

    /// <summary>Candidate vectors.</summary>
    public ReadOnlySpan<float> Items { get; } = items;

    /// <summary>Number of candidates.</summary>
    public int Count { get; } = count;
}
