using System.Diagnostics.CodeAnalysis;

namespace RecServe.Ranking;

/// <summary>Every model of this version: the head's bias plus the parts that its kind has.</summary>
internal sealed class SumScorer : ISharedScorer
{
    private readonly float _bias;
    private readonly IScorerPart[] _parts;

    // The part whose shared part has more than one form; no kind of model has two of them.
    private readonly IScorerPart? _formed;

    public SumScorer(ModelLayout layout, float bias, IReadOnlyList<IScorerPart> parts)
    {
        Layout = layout;
        _bias = bias;
        _parts = [.. parts];
        _formed = parts.SingleOrDefault(part => part.Forms > 1);
    }

    public ModelLayout Layout { get; }

    public int SharedForms => _formed?.Forms ?? 1;

    public int SharedForm(int count, bool kept) => _formed?.FormFor(count, kept) ?? 0;

    public int SharedFloats(int form)
    {
        int total = 0;
        foreach (IScorerPart part in _parts)
            total += RowPass.Lines(part.RequestFloats(form));
        return total;
    }

    public int ScratchFloats(int count)
    {
        int request = 0;
        foreach (IScorerPart part in _parts)
            request += RowPass.Lines(part.MostRequestFloats(count));
        return checked(request + PartScratch(count, kept: false));
    }

    public int SharedScratchFloats(int count) => PartScratch(count, kept: true);

    public void Score(in RankBatch batch, Span<float> scratch, Span<float> logits)
    {
        CheckBatch(batch, scratch.Length, ScratchFloats(batch.Count), logits);
        if (batch.Count == 0)
            return;
        int form = SharedForm(batch.Count, kept: false), request = SharedFloats(form);
        ShareParts(batch.User, form, scratch[..request], scratch[request..]);
        AddParts(batch, form, scratch[..request], scratch[request..], logits);
    }

    public void Share(ReadOnlySpan<float> user, int form, Span<float> part, Span<float> scratch)
    {
        Check(user.Length, Layout.User.Width, "user floats");
        Check(part.Length, SharedFloats(form), "floats of shared memory");
        Check(scratch.Length, SharedScratchFloats(1), "floats of scratch memory");
        ShareParts(user, form, part, scratch);
    }

    public void ScoreShared(in RankBatch batch, int form, ReadOnlySpan<float> part, Span<float> scratch, Span<float> logits)
    {
        CheckBatch(batch, scratch.Length, SharedScratchFloats(batch.Count), logits);
        Check(part.Length, SharedFloats(form), "floats of shared memory");
        if (batch.Count > 0)
            AddParts(batch, form, part, scratch, logits);
    }

    private void ShareParts(ReadOnlySpan<float> user, int form, Span<float> shared, Span<float> scratch)
    {
        foreach (IScorerPart part in _parts)
        {
            int length = part.RequestFloats(form);
            part.Share(user, form, shared[..length], scratch);
            shared = shared[RowPass.Lines(length)..];
        }
    }

    private void AddParts(in RankBatch batch, int form, ReadOnlySpan<float> shared, Span<float> scratch, Span<float> logits)
    {
        logits[..batch.Count].Fill(_bias);
        foreach (IScorerPart part in _parts)
        {
            int length = part.RequestFloats(form);
            part.Add(batch, form, shared[..length], scratch, logits);
            shared = shared[RowPass.Lines(length)..];
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

    private int PartScratch(int count, bool kept)
    {
        int most = 0;
        foreach (IScorerPart part in _parts)
            most = Math.Max(most, part.ScratchFloats(count, kept));
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
