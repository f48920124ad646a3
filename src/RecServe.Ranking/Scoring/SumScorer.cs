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

    public int RequestFloats(int count)
    {
        int total = 0;
        foreach (IScorerPart part in _parts)
            total += RowPass.Lines(part.RequestFloats(count));
        return total;
    }

    public int ScratchFloats(int count) => checked(RequestFloats(count) + PartScratch(count));

    public void Score(in RankBatch batch, Span<float> scratch, Span<float> logits)
    {
        CheckBatch(batch, scratch.Length, ScratchFloats(batch.Count), logits);
        if (batch.Count == 0)
            return;
        int request = RequestFloats(batch.Count);
        Share(batch.User, batch.Count, scratch[..request], scratch[request..]);
        Add(batch, scratch[..request], scratch[request..], logits);
    }

    private void Share(ReadOnlySpan<float> user, int count, Span<float> request, Span<float> scratch)
    {
        foreach (IScorerPart part in _parts)
        {
            int length = part.RequestFloats(count);
            part.Share(user, count, request[..length], scratch);
            request = request[RowPass.Lines(length)..];
        }
    }

    private void Add(in RankBatch batch, ReadOnlySpan<float> request, Span<float> scratch, Span<float> logits)
    {
        logits[..batch.Count].Fill(_bias);
        foreach (IScorerPart part in _parts)
        {
            int length = part.RequestFloats(batch.Count);
            part.Add(batch, request[..length], scratch, logits);
            request = request[RowPass.Lines(length)..];
        }
    }

    public void ScoreRows(ReadOnlySpan<float> users, ReadOnlySpan<float> items, int count, Span<float> scratch, Span<float> logits)
    {
        Check(users.Length, (long)count * Layout.User.Width, "user floats");
        Check(items.Length, (long)count * Layout.Item.Width, "item floats");
        Check(scratch.Length, ScratchFloats(count), "floats of scratch memory");
        Check(logits.Length, count, "logits");
        logits[..count].Fill(_bias);
        if (count == 0)
            return;
        foreach (IScorerPart part in _parts)
            part.AddRows(users, items, count, scratch, logits);
    }

    private int PartScratch(int count)
    {
        int most = 0;
        foreach (IScorerPart part in _parts)
            most = Math.Max(most, part.ScratchFloats(count));
        return most;
    }

    private void CheckBatch(in RankBatch batch, int scratch, int needed, Span<float> logits)
    {
        Check(batch.User.Length, Layout.User.Width, "user floats");
        Check(batch.Items.Length, (long)batch.Count * Layout.Item.Width, "item floats");
        Check(scratch, needed, "floats of scratch memory");
        Check(logits.Length, batch.Count, "logits");
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
