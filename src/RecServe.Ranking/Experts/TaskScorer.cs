using System.Diagnostics.CodeAnalysis;

namespace RecServe.Ranking;

/// <summary>A model with tasks: a row gives the logit that it is ranked by, then, with several tasks, each task's.</summary>
internal sealed class TaskScorer : ISharedScorer, IExpertLoads, IItemLayer
{
    private readonly ModelLayout _layout;
    private readonly ITaskPlan<float> _plan;
    private readonly TaskRanking _ranking;
    private readonly int _first;
    private readonly ItemParts? _parts;

    /// <param name="layout">Where the floats stand.</param>
    /// <param name="plan">The dense part.</param>
    /// <param name="ranking">What candidates are ranked by.</param>
    /// <param name="kept">Keeps the items' parts of the layers on x; null for none.</param>
    public TaskScorer(ModelLayout layout, ITaskPlan<float> plan, TaskRanking ranking, KeptItems? kept = null)
    {
        (_layout, _plan, _ranking) = (layout, plan, ranking);
        _first = plan.Tasks > 1 ? 1 : 0;
        _parts = RecServe.Ranking.ItemParts.Of(kept, this, layout.Item.Dense);
    }

    public ModelLayout Layout => _layout;

    public int Outputs => _plan.Tasks + _first;

    public IReadOnlyList<long> ExpertRows => (_plan as IExpertLoads)?.ExpertRows ?? [];

    public long LayerRows => (_plan as IExpertLoads)?.LayerRows ?? 0;

    public int SharedForms => 1;

    public int SharedForm(int count, bool kept) => 0;

    public int SharedFloats(int form) => RowPass.Lines(_plan.RequestLength);

    public int ScratchFloats(int count) => checked(SharedFloats(0) + SharedScratchFloats(count));

    public int SharedScratchFloats(int count) => RowPass.Lines(_plan.RowScratch(RowPass.Most(count))) + (_parts?.ScratchFloats(RowPass.Most(count)) ?? 0);

    int IItemLayer.ItemPartLength => _plan.ItemPartLength;

    void IItemLayer.ItemParts(ReadOnlySpan<float> items, int stride, int rows, Span<float> parts) => _plan.ItemParts(items, stride, rows, parts);

    public void Score(in RankBatch batch, Span<float> scratch, Span<float> logits)
    {
        Check(scratch.Length, ScratchFloats(batch.Count), "floats of scratch memory");
        int shared = SharedFloats(0);
        if (batch.Count == 0)
            return;
        Share(batch.User, 0, scratch[..shared], scratch[shared..]);
        ScoreShared(batch, 0, scratch[..shared], scratch[shared..], logits);
    }

    public void Share(ReadOnlySpan<float> user, int form, Span<float> part, Span<float> scratch)
    {
        Check(user.Length, _layout.User.Width, "user floats");
        Check(part.Length, SharedFloats(form), "floats of shared memory");
        _plan.Share(user[.._layout.User.Dense], part);
    }

    public void ScoreShared(in RankBatch batch, int form, ReadOnlySpan<float> part, Span<float> scratch, Span<float> logits)
    {
        Check(batch.User.Length, _layout.User.Width, "user floats");
        Check(part.Length, SharedFloats(form), "floats of shared memory");
        CheckRows(batch.Items, batch.Count, scratch, logits);
        for (int r = 0, rows; r < batch.Count; r += rows)
        {
            rows = RowPass.Most(batch.Count - r);
            Candidates(part, batch.Items[(r * _layout.Item.Width)..], rows, scratch, logits[(r * Outputs)..]);
        }
    }

    public void ScoreRows(ReadOnlySpan<float> users, ReadOnlySpan<float> items, int count, Span<float> scratch, Span<float> logits)
    {
        Check(users.Length, (long)count * _layout.User.Width, "user floats");
        CheckRows(items, count, scratch, logits);
        for (int r = 0, rows; r < count; r += rows)
        {
            rows = RowPass.Most(count - r);
            Finish(SidedRows<float>.OfUsers(users[(r * _layout.User.Width)..], _layout.User.Width, items[(r * _layout.Item.Width)..], _layout.Item.Width, rows),
                scratch, logits[(r * Outputs)..]);
        }
    }

    private void Candidates(ReadOnlySpan<float> shared, ReadOnlySpan<float> items, int rows, Span<float> scratch, Span<float> logits)
    {
        if (_parts is null)
        {
            Finish(SidedRows<float>.OfOneUser(shared, items, _layout.Item.Width, rows), scratch, logits);
            return;
        }

        // A place that is taken from an item between finding and reading it is rare; made parts cannot be taken away.
        int own = RowPass.Lines(_plan.RowScratch(rows));
        for (bool anew = false; ; anew = true)
        {
            KeptRows parts = _parts.Of(items, _layout.Item.Width, rows, anew, scratch[own..]);
            Finish(SidedRows<float>.OfOneUser(shared, items, _layout.Item.Width, rows, parts), scratch[..own], logits);
            if (parts.AreStill())
                return;
        }
    }

    private void Finish(in SidedRows<float> x, Span<float> scratch, Span<float> logits)
    {
        _plan.Apply(x, scratch, logits[_first..], Outputs);
        if (_first > 0)
            _ranking.Apply(logits, x.Count);
    }

    private void CheckRows(ReadOnlySpan<float> items, int count, Span<float> scratch, Span<float> logits)
    {
        Check(items.Length, (long)count * _layout.Item.Width, "item floats");
        Check(scratch.Length, SharedScratchFloats(count), "floats of scratch memory");
        Check(logits.Length, (long)count * Outputs, "logits");
    }

    private static void Check(int actual, long expected, string what)
    {
        if (actual < expected)
            Throw_TooShort(actual, expected, what);
    }

    [DoesNotReturn]
    private static void Throw_TooShort(int actual, long expected, string what) =>
        throw new ArgumentException($"expected {expected} {what}, got {actual}");
}
