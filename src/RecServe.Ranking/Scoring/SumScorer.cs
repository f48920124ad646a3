using System.Diagnostics.CodeAnalysis;

namespace RecServe.Ranking;

/// <summary>Every model of this version: the head's bias plus the parts that its kind has.</summary>
internal sealed class SumScorer : IScorer
{
    private readonly float _bias;
    private readonly IScorerPart[] _parts;

    public SumScorer(ModelLayout layout, float bias, IReadOnlyList<IScorerPart> parts)
    {
        Layout = layout;
        _bias = bias;
        _parts = [.. parts];
    }

    public ModelLayout Layout { get; }

    public int ScratchFloats(int count)
    {
        int most = 0;
        foreach (IScorerPart part in _parts)
            most = Math.Max(most, part.ScratchFloats(count));
        return most;
    }

    public void Score(in RankBatch batch, Span<float> scratch, Span<float> logits)
    {
        Check(batch.User.Length, Layout.User.Width, "user floats");
        Check(batch.Items.Length, (long)batch.Count * Layout.Item.Width, "item floats");
        CheckOutput(batch.Count, scratch, logits);
        logits[..batch.Count].Fill(_bias);
        if (batch.Count == 0)
            return;
        foreach (IScorerPart part in _parts)
            part.Add(batch, scratch, logits);
    }

    public void ScoreRows(ReadOnlySpan<float> users, ReadOnlySpan<float> items, int count, Span<float> scratch, Span<float> logits)
    {
        Check(users.Length, (long)count * Layout.User.Width, "user floats");
        Check(items.Length, (long)count * Layout.Item.Width, "item floats");
        CheckOutput(count, scratch, logits);
        logits[..count].Fill(_bias);
        if (count == 0)
            return;
        foreach (IScorerPart part in _parts)
            part.AddRows(users, items, count, scratch, logits);
    }

    private void CheckOutput(int count, Span<float> scratch, Span<float> logits)
    {
        Check(scratch.Length, ScratchFloats(count), "floats of scratch memory");
        Check(logits.Length, count, "logits");
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
