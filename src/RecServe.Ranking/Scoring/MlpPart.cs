using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>head·MLP(x), x = [user ; item]: mlp, the deep part of deepfm and of parallel dcnv2.</summary>
internal sealed class MlpPart(ModelLayout layout, SidedLayer first, HiddenLayers rest) : IScorerPart
{
    public int ScratchFloats(int count) => first.Outputs + 2 * RowPass.Most(count) * rest.Width;

    public void Add(in RankBatch batch, Span<float> scratch, Span<float> logits)
    {
        Span<float> shared = scratch[..first.Outputs];
        Buffers(batch.Count, scratch, out Span<float> h, out Span<float> other);
        first.Share(batch.User, shared);
        for (int r = 0, rows; r < batch.Count; r += rows)
        {
            rows = RowPass.Most(batch.Count - r);
            first.Apply(shared, batch.Items[(r * layout.Item.Width)..], rows, Activation.Relu, h);
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

    private void Buffers(int count, Span<float> scratch, out Span<float> h, out Span<float> other)
    {
        int floats = RowPass.Most(count) * rest.Width;
        h = scratch.Slice(first.Outputs, floats);
        other = scratch.Slice(first.Outputs + floats, floats);
    }
}
