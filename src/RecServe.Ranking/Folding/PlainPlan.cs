using System.Numerics;
using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>Nothing once a request: every candidate carries its user through every layer. What rows with users of their own need, and the measure of the others.</summary>
internal sealed class PlainPlan<T, TWeights>(CrossWeights<T, TWeights> weights) : IPlainPlan<T>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TWeights : IWeights<T, TWeights>
{
    public string Name => "plain";

    public int RequestLength => 0;

    public int ShareScratch => 0;

    public PlanWork ShareWork => default;

    public int RowScratch(int rows) => 3 * RowPass.Lines(rows * weights.Width);

    public PlanWork RowWork(int rows)
    {
        PlanWork work = PlanWork.Moved(2L * rows * weights.Width);
        for (int l = 0; l < weights.Depth; l++)
            work += PlanWork.Product(rows, weights.Width, weights.Width) + PlanWork.Moved((long)rows * weights.Width);
        return work + PlanWork.Product(rows, weights.Outputs, weights.Width);
    }

    public void Share(ReadOnlySpan<T> user, Span<T> request, Span<T> scratch)
    {
    }

    public void Apply(ReadOnlySpan<T> user, ReadOnlySpan<T> request, ReadOnlySpan<T> items, int stride, int rows, Span<T> scratch, Span<T> y) =>
        ApplyRows(user, 0, items, stride, rows, scratch, y);

    public void ApplyRows(ReadOnlySpan<T> users, int userStride, ReadOnlySpan<T> items, int itemStride, int rows, Span<T> scratch, Span<T> y)
    {
        int width = weights.Width, area = RowPass.Lines(rows * width);
        Span<T> x0 = scratch[..area], x = scratch.Slice(area, area), product = scratch.Slice(2 * area, area);
        CrossRows.Join(users[..(((rows - 1) * userStride) + weights.Users)], userStride, items, itemStride, weights.Items, rows, x0);
        x0[..(rows * width)].CopyTo(x);
        foreach (CrossLayerWeights<T, TWeights> layer in weights.Layers)
            CrossRows.Layer(layer, rows, width, x0, x, product);
        CrossRows.End(weights.Dense, weights.Head, width, rows, x, y);
    }
}
