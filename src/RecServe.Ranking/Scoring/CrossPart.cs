namespace RecServe.Ranking;

/// <summary>What stands above a cross network: the head alone (parallel dcnv2) or an MLP and the head (stacked).</summary>
/// <param name="layout">Where the floats stand.</param>
/// <param name="cross">The cross network.</param>
/// <param name="first">The first layer of the MLP over the network's output; null where the head stands on it directly.</param>
/// <param name="rest">The layers above, and the head.</param>
internal sealed class CrossPart(ModelLayout layout, CrossNetwork cross, DenseLayer? first, HiddenLayers rest) : IScorerPart
{
    public int ScratchFloats(int count)
    {
        int rows = RowPass.Most(count);
        return cross.ScratchFloats(rows) + (first is null ? 0 : 2 * rows * rest.Width);
    }

    public void Add(in RankBatch batch, Span<float> scratch, Span<float> logits)
    {
        cross.Share(batch.User, scratch);
        for (int r = 0, rows; r < batch.Count; r += rows)
        {
            rows = RowPass.Most(batch.Count - r);
            Span<float> x = cross.Apply(batch.User, batch.Items[(r * layout.Item.Width)..], rows, scratch);
            Finish(x, rows, scratch, logits.Slice(r, rows));
        }
    }

    public void AddRows(ReadOnlySpan<float> users, ReadOnlySpan<float> items, int count, Span<float> scratch, Span<float> logits)
    {
        for (int r = 0, rows; r < count; r += rows)
        {
            rows = RowPass.Most(count - r);
            Span<float> x = cross.ApplyRows(users[(r * layout.User.Width)..], items[(r * layout.Item.Width)..], rows, scratch);
            Finish(x, rows, scratch, logits.Slice(r, rows));
        }
    }

    private void Finish(Span<float> x, int rows, Span<float> scratch, Span<float> logits)
    {
        if (first is null)
        {
            rest.Finish(x, [], rows, logits);
            return;
        }

        int floats = rows * rest.Width;
        Span<float> h = scratch.Slice(cross.ScratchFloats(rows), floats), other = scratch.Slice(cross.ScratchFloats(rows) + floats, floats);
        first.Apply(x, rows, Kernels.Activation.Relu, h);
        rest.Finish(h, other, rows, logits);
    }
}
