using System.Numerics;
using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>Low-rank experts with nothing once a request: every candidate carries its user through every layer.</summary>
internal sealed class MixturePlainPlan<T, TWeights>(MixtureWeights<T, TWeights> weights) : IPlainPlan<T>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TWeights : IWeights<T, TWeights>
{
    public string Name => "plain";

    public int RequestLength => 0;

    public int ShareScratch => 0;

    public PlanWork ShareWork => default;

    public int RowScratch(int rows) => (2 * RowPass.Lines(rows * weights.Width)) + MixtureRows.Scratch(weights, rows);

    public PlanWork RowWork(int rows)
    {
        PlanWork work = PlanWork.Moved(2L * rows * weights.Width) + PlanWork.Product(rows, weights.Outputs, weights.Width);
        for (int l = 0; l < weights.Depth; l++)
            work += MixtureRows.LayerWork(weights, rows);
        return work;
    }

    public void Share(ReadOnlySpan<T> user, Span<T> request, Span<T> scratch)
    {
    }

    public void Apply(ReadOnlySpan<T> user, ReadOnlySpan<T> request, ReadOnlySpan<T> items, int stride, int rows, Span<T> scratch, Span<T> y) =>
        ApplyRows(user, 0, items, stride, rows, scratch, y);

    public void ApplyRows(ReadOnlySpan<T> users, int userStride, ReadOnlySpan<T> items, int itemStride, int rows, Span<T> scratch, Span<T> y)
    {
        int width = weights.Width, area = RowPass.Lines(rows * width);
        Span<T> x0 = scratch[..area], x = scratch.Slice(area, area);
        CrossRows.Join(users[..(((rows - 1) * userStride) + weights.Users)], userStride, items, itemStride, weights.Items, rows, x0);
        x0[..(rows * width)].CopyTo(x);
        foreach (MixtureLayerWeights<T, TWeights> layer in weights.Layers)
            MixtureRows.Layer(weights, layer, rows, x0, x, scratch[(2 * area)..]);
        CrossRows.End(weights.Dense, weights.Head, width, rows, x, y);
    }
}
