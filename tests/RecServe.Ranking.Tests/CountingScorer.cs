namespace RecServe.Ranking.Tests;

/// <summary>Counts the rows that pass through a scorer.</summary>
internal sealed class CountingScorer(IScorer inner) : IScorer
{
    public int Rows { get; set; }

    public ModelLayout Layout => inner.Layout;

    public int ScratchFloats(int count) => inner.ScratchFloats(count);

    public void Score(in RankBatch batch, Span<float> scratch, Span<float> logits)
    {
        Rows += batch.Count;
        inner.Score(batch, scratch, logits);
    }

    public void ScoreRows(ReadOnlySpan<float> users, ReadOnlySpan<float> items, int count, Span<float> scratch, Span<float> logits)
    {
        Rows += count;
        inner.ScoreRows(users, items, count, scratch, logits);
    }
}
