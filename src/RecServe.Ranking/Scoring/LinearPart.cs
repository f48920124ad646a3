namespace RecServe.Ranking;

/// <summary>First-order weights: Σ_f linear_f, the user's sum once a request (lr, fm, deepfm).</summary>
internal sealed class LinearPart(ModelLayout layout) : IScorerPart
{
    public int RequestFloats(int form) => 1;

    public int ScratchFloats(int count, bool kept) => 0;

    public void Share(ReadOnlySpan<float> user, int form, Span<float> request, Span<float> scratch) => request[0] = Sum(user, layout.User, 0);

    public void Add(in RankBatch batch, int form, ReadOnlySpan<float> request, Span<float> scratch, Span<float> logits)
    {
        for (int r = 0; r < batch.Count; r++)
            logits[r] += request[0] + Sum(batch.Items, layout.Item, r);
    }

    public void AddRows(ReadOnlySpan<float> users, ReadOnlySpan<float> items, int count, Span<float> scratch, Span<float> logits)
    {
        for (int r = 0; r < count; r++)
            logits[r] += Sum(users, layout.User, r) + Sum(items, layout.Item, r);
    }

    private static float Sum(ReadOnlySpan<float> rows, SideLayout side, int row)
    {
        float sum = 0;
        foreach (float weight in rows.Slice(row * side.Width + side.Dense, side.Width - side.Dense))
            sum += weight;
        return sum;
    }
}
