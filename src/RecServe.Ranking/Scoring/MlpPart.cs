using System.Runtime.InteropServices;
using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>head·MLP(x), x = [user ; item]: mlp, the deep part of deepfm and of parallel dcnv2.</summary>
/// <param name="layout">Where the floats stand.</param>
/// <param name="first">The first layer.</param>
/// <param name="rest">The layers above, and the head.</param>
/// <param name="kept">Keeps the item's part of the first layer; null for none.</param>
internal sealed class MlpPart(ModelLayout layout, SidedLayer first, HiddenLayers rest, KeptItems? kept) : IScorerPart
{
    public int RequestFloats(int form) => first.Outputs;

    public int ScratchFloats(int count, bool sharedIsKept) =>
        (2 * Area(RowPass.Most(count))) + (kept is not null ? RowPass.Lines(RowPass.Most(count) * layout.Item.Dense) + RowPass.Lines(first.Outputs) : 0);

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
                FromKept(request[..first.Outputs], batch.Items[(r * layout.Item.Width)..], rows, h, other, scratch[(2 * Area(RowPass.Most(batch.Count)))..]);
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

    // A score does not depend on whether an item was found: its part is rounded to 16 bits before it is used in either case.
    private void FromKept(ReadOnlySpan<float> shared, ReadOnlySpan<float> items, int rows, Span<float> h, Span<float> parts, Span<float> scratch)
    {
        int width = first.Outputs, dense = layout.Item.Dense, missed = 0;
        Span<int> missing = stackalloc int[RowPass.Rows];
        Span<FloatHash.Wide> hashes = stackalloc FloatHash.Wide[RowPass.Rows];
        Span<float> gathered = scratch[..(rows * dense)];
        Span<ushort> halves = MemoryMarshal.Cast<float, ushort>(scratch.Slice(RowPass.Lines(rows * dense), (width + 1) / 2))[..width];
        for (int r = 0; r < rows; r++)
        {
            ReadOnlySpan<float> item = items.Slice(r * layout.Item.Width, dense);
            hashes[missed] = FloatHash.WideOf(item);
            if (kept!.TryFind(hashes[missed], halves))
            {
                HalfUnits.AddRelu(halves, shared, h.Slice(r * width, width));
                continue;
            }

            item.CopyTo(gathered[(missed * dense)..]);
            missing[missed++] = r;
        }

        kept!.Count(rows - missed, missed);
        first.ItemPart(gathered, dense, missed, parts);
        for (int m = 0; m < missed; m++)
        {
            Span<float> part = parts.Slice(m * width, width), row = h.Slice(missing[m] * width, width);
            if (HalfUnits.TryEncode(part, halves))
            {
                kept.Keep(hashes[m], halves);
                HalfUnits.AddRelu(halves, shared, row);
            }
            else
            {
                for (int i = 0; i < width; i++)
                    row[i] = MathF.Max(0, part[i] + shared[i]);
            }
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
