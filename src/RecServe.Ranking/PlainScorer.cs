namespace RecServe.Ranking;

/// <summary>
/// Scores a request as a full batch of rows that each carry their user, as a program does that knows nothing of requests: what plans are
/// measured against.
/// </summary>
/// <param name="inner">The model.</param>
public sealed class PlainScorer(IScorer inner) : IScorer
{
    /// <inheritdoc/>
    public ModelLayout Layout => inner.Layout;

    /// <inheritdoc/>
    public int Outputs => inner.Outputs;

    /// <inheritdoc/>
    public int ScratchFloats(int count) => Users(RowPass.Most(count)) + inner.ScratchFloats(count);

    /// <inheritdoc/>
    public void Score(in RankBatch batch, Span<float> scratch, Span<float> logits)
    {
        int width = Layout.User.Width, most = RowPass.Most(batch.Count), length = Users(most);
        for (int r = 0; r < most; r++)
            batch.User[..width].CopyTo(scratch[(r * width)..]);
        for (int r = 0, rows; r < batch.Count; r += rows)
        {
            rows = RowPass.Most(batch.Count - r);
            inner.ScoreRows(scratch[..length], batch.Items[(r * Layout.Item.Width)..], rows, scratch[length..], logits[(r * Outputs)..]);
        }
    }

    /// <inheritdoc/>
    public void ScoreRows(ReadOnlySpan<float> users, ReadOnlySpan<float> items, int count, Span<float> scratch, Span<float> logits) =>
        inner.ScoreRows(users, items, count, scratch, logits);

    private int Users(int rows) => RowPass.Lines(rows * Layout.User.Width);
}
