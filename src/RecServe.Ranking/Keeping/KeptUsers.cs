namespace RecServe.Ranking;

/// <summary>
/// Keeps what a user's candidates share for the next request of the same user. A part is found by the user's gathered floats themselves: a user
/// whose rows or context changed has other floats, so that nothing ever has to be invalidated, and a scorer belongs to one version of a model.
/// The memory is allocated once, within a budget, and taken again from whoever was not asked for longest. Thread-safe; allocates nothing.
/// </summary>
public sealed class KeptUsers : IScorer
{
    // Places are as large as any form that is chosen up to so many candidates.
    private const int MostTriedCount = 1024;

    private readonly ISharedScorer _inner;
    private readonly int _largest;
    private readonly KeptSet[] _sets;
    private readonly int _perUser;
    private long _hits, _misses;

    /// <summary>Allocates the memory.</summary>
    /// <param name="inner">The model.</param>
    /// <param name="budget">Bytes to spend; less than one user's part keeps nothing.</param>
    public KeptUsers(ISharedScorer inner, long budget)
    {
        _inner = inner;
        _largest = Enumerable.Range(1, MostTriedCount).Max(count => inner.SharedFloats(inner.SharedForm(count, kept: true)));
        _perUser = checked((RowPass.Lines(inner.Layout.User.Width) + _largest) * sizeof(float));
        long users = Math.Clamp(budget / Math.Max(1, _perUser), 0, 1 << 20);
        int ways = (int)Math.Min(users, KeptSet.MostWays);
        _sets = ways == 0 ? [] : [.. Enumerable.Range(0, (int)(users / ways)).Select(_ => new KeptSet(ways, inner.Layout.User.Width, _largest))];
        Bytes = (long)_sets.Length * ways * _perUser;
    }

    /// <inheritdoc/>
    public ModelLayout Layout => _inner.Layout;

    /// <inheritdoc/>
    public int Outputs => _inner.Outputs;

    /// <summary>Requests that found their user's part.</summary>
    public long Hits => Interlocked.Read(ref _hits);

    /// <summary>Requests that did not.</summary>
    public long Misses => Interlocked.Read(ref _misses);

    /// <summary>Bytes of all kept parts.</summary>
    public long Bytes { get; }

    /// <summary>Bytes of one user.</summary>
    public int BytesPerUser => _perUser;

    /// <inheritdoc/>
    public int ScratchFloats(int count) => Math.Max(_inner.SharedScratchFloats(count), _inner.ScratchFloats(count));

    /// <inheritdoc/>
    public void Score(in RankBatch batch, Span<float> scratch, Span<float> logits)
    {
        ReadOnlySpan<float> user = batch.User[..Layout.User.Width];
        int form = _inner.SharedForm(batch.Count, kept: true);
        ulong hash = FloatHash.Of(user);
        KeptUser? kept = _sets.Length == 0 || batch.Count == 0 || _inner.SharedFloats(form) > _largest ? null : _sets[hash % (ulong)_sets.Length].Take(user, hash, form);
        if (kept is null)
        {
            Interlocked.Increment(ref _misses);
            _inner.Score(batch, scratch, logits);
            return;
        }

        try
        {
            Interlocked.Increment(ref kept.IsNew ? ref _misses : ref _hits);
            if (kept.IsNew)
                _inner.Share(user, form, kept.Shared, scratch);
            _inner.ScoreShared(batch, form, kept.Shared, scratch, logits);
            kept.Filled();
        }
        finally
        {
            kept.Return();
        }
    }

    /// <inheritdoc/>
    public void ScoreRows(ReadOnlySpan<float> users, ReadOnlySpan<float> items, int count, Span<float> scratch, Span<float> logits) =>
        _inner.ScoreRows(users, items, count, scratch, logits);
}
