using System.Diagnostics.CodeAnalysis;

namespace RecServe.Ranking;

/// <summary>A model with tasks: a row gives the logit that it is ranked by, then, with several tasks, each task's.</summary>
internal sealed class TaskScorer(ModelLayout layout, ITaskPlan<float> plan, TaskRanking ranking) : ISharedScorer, IExpertLoads
{
    private readonly int _first = plan.Tasks > 1 ? 1 : 0;

    public ModelLayout Layout => layout;

    public int Outputs => plan.Tasks + _first;

    public IReadOnlyList<long> ExpertRows => (plan as IExpertLoads)?.ExpertRows ?? [];

    public long LayerRows => (plan as IExpertLoads)?.LayerRows ?? 0;

    public int SharedForms => 1;

    public int SharedForm(int count, bool kept) => 0;

    public int SharedFloats(int form) => RowPass.Lines(plan.RequestLength);

    public int ScratchFloats(int count) => checked(SharedFloats(0) + SharedScratchFloats(count));

    public int SharedScratchFloats(int count) => plan.RowScratch(RowPass.Most(count));

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
        Check(user.Length, layout.User.Width, "user floats");
        Check(part.Length, SharedFloats(form), "floats of shared memory");
        plan.Share(user[..layout.User.Dense], part);
    }

    public void ScoreShared(in RankBatch batch, int form, ReadOnlySpan<float> part, Span<float> scratch, Span<float> logits)
    {
        Check(batch.User.Length, layout.User.Width, "user floats");
        Check(part.Length, SharedFloats(form), "floats of shared memory");
        CheckRows(batch.Items, batch.Count, scratch, logits);
        for (int r = 0, rows; r < batch.Count; r += rows)
        {
            rows = RowPass.Most(batch.Count - r);
            Finish(SidedRows<float>.OfOneUser(part, batch.Items[(r * layout.Item.Width)..], layout.Item.Width, rows), scratch, logits[(r * Outputs)..]);
        }
    }

    public void ScoreRows(ReadOnlySpan<float> users, ReadOnlySpan<float> items, int count, Span<float> scratch, Span<float> logits)
    {
        Check(users.Length, (long)count * layout.User.Width, "user floats");
        CheckRows(items, count, scratch, logits);
        for (int r = 0, rows; r < count; r += rows)
        {
            rows = RowPass.Most(count - r);
            Finish(SidedRows<float>.OfUsers(users[(r * layout.User.Width)..], layout.User.Width, items[(r * layout.Item.Width)..], layout.Item.Width, rows),
                scratch, logits[(r * Outputs)..]);
        }
    }

    private void Finish(in SidedRows<float> x, Span<float> scratch, Span<float> logits)
    {
        plan.Apply(x, scratch, logits[_first..], Outputs);
        if (_first > 0)
            ranking.Apply(logits, x.Count);
    }

    private void CheckRows(ReadOnlySpan<float> items, int count, Span<float> scratch, Span<float> logits)
    {
        Check(items.Length, (long)count * layout.Item.Width, "item floats");
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
