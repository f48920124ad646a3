using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>head·MLP(x), x = [user ; item]: mlp, the deep part of deepfm and of parallel dcnv2.</summary>
/// <param name="layout">Where the floats stand.</param>
/// <param name="first">The first layer.</param>
/// <param name="rest">The layers above, and the head.</param>
/// <param name="kept">Keeps the item's part of the first layer; null for none.</param>
internal sealed class MlpPart(ModelLayout layout, SidedLayer first, HiddenLayers rest, ItemParts? kept) : IScorerPart
{
    public int RequestFloats(int form) => first.Outputs;

    public int ScratchFloats(int count, bool sharedIsKept) =>
        (2 * Area(RowPass.Most(count))) + (kept?.ScratchFloats(RowPass.Most(count)) ?? 0);

    public void Share(ReadOnlySpan<float> user, int form, Span<float> request, Span<float> scratch) => first.Share(user, request);

    public void Add(in RankBatch batch, int form, ReadOnlySpan<float> request, Span<float> scratch, Span<float> logits)
    {
        Buffers(batch.Count, scratch, out Span<float> h, out Span<float> other);
        for (int r = 0, rows; r < batch.Count; r += rows)
        {
            rows = RowPass.Most(batch.Count - r);
            if (kept is null)
                first.Apply(request[..first.Outputs], batch.Items[(r * layout.Item.Width)..], rows, Activation.Relu, h);
            else
                FromKept(request[..first.Outputs], batch.Items[(r * layout.Item.Width)..], rows, h, scratch[(2 * Area(RowPass.Most(batch.Count)))..]);
            rest.Finish(h, other, rows, logits.Slice(r, rows));
        }
    }

    public void AddRows(ReadOnlySpan<float> users, ReadOnlySpan<float> items, int count, Span<float> scratch, Span<float> logits)
    {
        Buffers(count, scratch, out Span<float> h, out Span<float> other);
        for (int r = 0, rows; r < count; r += rows)
        {
            rows = RowPass.Most(count - r);
            first.ApplyRows(users[(r * layout.User.Width)..], items[(r * layout.Item.Width)..], rows, Activation.Relu, h);
            rest.Finish(h, other, rows, logits.Slice(r, rows));
        }
    }

    private void FromKept(ReadOnlySpan<float> shared, ReadOnlySpan<float> items, int rows, Span<float> h, Span<float> scratch)
    {
        // A place that is taken from an item between finding and reading it is rare; made parts cannot be taken away.
        for (bool anew = false; ; anew = true)
        {
            KeptRows parts = kept!.Of(items, layout.Item.Width, rows, anew, scratch);
            parts.Apply(0, shared, Activation.Relu, h);
            if (parts.AreStill())
                return;
        }
    }

    private int Area(int rows) => RowPass.Lines(rows * rest.Width);

    private void Buffers(int count, Span<float> scratch, out Span<float> h, out Span<float> other)
    {
        int floats = Area(RowPass.Most(count));
        h = scratch[..floats];
        other = scratch.Slice(floats, floats);
    }
}
