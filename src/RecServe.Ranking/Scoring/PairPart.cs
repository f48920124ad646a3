using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>
/// Second-order interaction Σ_{f&lt;g} ⟨e_f, e_g⟩ (fm, deepfm; all fields have one dimension). The user's own pairs and the sum of its
/// embeddings are made once a request; a candidate adds its fields to that sum.
/// </summary>
internal sealed class PairPart(ModelLayout layout, int dim) : IScorerPart
{
    // The sum of the user's embeddings, then its pairs.
    public int RequestFloats(int form) => dim + 1;

    public int ScratchFloats(int count, bool kept) => dim;

    public void Share(ReadOnlySpan<float> user, int form, Span<float> request, Span<float> scratch)
    {
        Span<float> sum = request[..dim];
        sum.Clear();
        request[dim] = FieldPairs.Add(user[..layout.User.Dense], sum);
    }

    public void Add(in RankBatch batch, int form, ReadOnlySpan<float> request, Span<float> scratch, Span<float> logits)
    {
        Span<float> sum = scratch[..dim];
        for (int r = 0; r < batch.Count; r++)
        {
            request[..dim].CopyTo(sum);
            logits[r] += request[dim] + FieldPairs.Add(batch.Items.Slice(r * layout.Item.Width, layout.Item.Dense), sum);
        }
    }

    public void AddRows(ReadOnlySpan<float> users, ReadOnlySpan<float> items, int count, Span<float> scratch, Span<float> logits)
    {
        Span<float> sum = scratch[..dim];
        for (int r = 0; r < count; r++)
        {
            sum.Clear();
            float pairs = FieldPairs.Add(users.Slice(r * layout.User.Width, layout.User.Dense), sum);
            logits[r] += pairs + FieldPairs.Add(items.Slice(r * layout.Item.Width, layout.Item.Dense), sum);
        }
    }
}
