using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>head·MLP(x), x = [user ; item]: mlp, the deep part of deepfm and of parallel dcnv2.</summary>
internal sealed class MlpPart(ModelLayout layout, SidedLayer first, HiddenLayers rest) : IScorerPart
{
    public int RequestFloats(int count) => first.Outputs;

    public int ScratchFloats(int count) => 2 * Area(RowPass.Most(count));

    public void Share(ReadOnlySpan<float> user, int count, Span<float> request, Span<float> scratch) => first.Share(user, request);

    public void Add(in RankBatch batch, ReadOnlySpan<float> request, Span<float> scratch, Span<float> logits)
    {
        Buffers(batch.Count, scratch, out Span<float> h, out Span<float> other);
        for (int r = 0, rows; r < batch.Count; r += rows)
        {
            rows = RowPass.Most(batch.Count - r);
            first.Apply(request[..first.Outputs], batch.Items[(r * layout.Item.Width)..], rows, Activation.Relu, h);
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

    private int Area(int rows) => RowPass.Lines(rows * rest.Width);

    private void Buffers(int count, Span<float> scratch, out Span<float> h, out Span<float> other)
    {
        int floats = Area(RowPass.Most(count));
        h = scratch[..floats];
        other = scratch.Slice(floats, floats);
    }
}
