using System.Buffers;

namespace RecServe.Ranking;

/// <summary>Mixed rows on their way to the scorer: collected, scored together, used once. A row's logit does not depend on its neighbours.</summary>
internal sealed class MixedRows : IDisposable
{
    /// <summary>Rows that are scored together: enough for full matrix tiles, and a bound on the memory of an explanation.</summary>
    public const int Capacity = 120;

    private readonly IScorer _scorer;
    private readonly int _user;
    private readonly int _item;
    private readonly int _scratch;
    private readonly float[] _memory;

    public MixedRows(IScorer scorer)
    {
        _scorer = scorer;
        _user = scorer.Layout.User.Width;
        _item = scorer.Layout.Item.Width;
        _scratch = scorer.ScratchFloats(Capacity);
        _memory = ArrayPool<float>.Shared.Rent(Capacity * (_user + _item + scorer.Outputs) + _scratch);
    }

    public int Count { get; private set; }

    public bool IsFull => Count == Capacity;

    private Span<float> Users => _memory.AsSpan(0, Capacity * _user);

    private Span<float> Items => _memory.AsSpan(Capacity * _user, Capacity * _item);

    /// <summary>Adds a row: the user's floats, then the item's.</summary>
    public void Append(ReadOnlySpan<float> row)
    {
        row[.._user].CopyTo(Users[(Count * _user)..]);
        row.Slice(_user, _item).CopyTo(Items[(Count * _item)..]);
        Count++;
    }

    /// <summary>The logits of the rows appended since the last call, valid until the next one.</summary>
    public ReadOnlySpan<float> Score()
    {
        int count = Count, start = Capacity * (_user + _item), outputs = _scorer.Outputs;
        Count = 0;
        Span<float> logits = _memory.AsSpan(start, count * outputs);
        _scorer.ScoreRows(Users, Items, count, _memory.AsSpan(start + (Capacity * outputs), _scratch), logits);
        for (int r = 1; r < count && outputs > 1; r++)
            logits[r] = logits[r * outputs];
        return logits[..count];
    }

    public void Dispose() => ArrayPool<float>.Shared.Return(_memory);
}
