using System.Numerics;
using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>Low-rank cross layers row by row, as the formula says.</summary>
internal static class MixtureRows
{
    /// <summary>Numbers of scratch memory that <see cref="Layer"/> needs.</summary>
    public static int Scratch<T, TWeights>(MixtureWeights<T, TWeights> weights, int rows)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TWeights : IWeights<T, TWeights> =>
        RowPass.Lines(rows * weights.Width) + RowPass.Lines(rows * weights.Units) + SignalScratch(weights, rows);

    /// <summary>Numbers of what [V ; G] gives and of the gates that <see cref="Units"/> works in.</summary>
    public static int SignalScratch<T, TWeights>(MixtureWeights<T, TWeights> weights, int rows)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TWeights : IWeights<T, TWeights> =>
        RowPass.Lines(rows * weights.Signals) + RowPass.Lines(rows * weights.Experts);

    /// <summary>p_k · tanh(C_k · tanh(V_k·x)) of all experts: what U multiplies.</summary>
    /// <param name="weights">The network.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="signals">[V ; G]·x, then room for the gates: <see cref="SignalScratch"/> numbers; overwritten.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="units">Takes K·r numbers a row.</param>
    /// <param name="stride">Numbers from one row of units to the next.</param>
    public static void Units<T, TWeights>(MixtureWeights<T, TWeights> weights, MixtureLayerWeights<T, TWeights> layer, Span<T> signals, int rows, Span<T> units, int stride)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TWeights : IWeights<T, TWeights>
    {
        int count = weights.Units, experts = weights.Experts, rank = weights.Rank, step = weights.Signals;

        // Gates one row after another, so that their exponentials fill vectors.
        Span<T> gates = signals.Slice(RowPass.Lines(rows * step), rows * experts);
        for (int r = 0; r < rows; r++)
        {
            signals.Slice((r * step) + count, experts).CopyTo(gates[(r * experts)..]);
            Tanh.Apply(signals.Slice(r * step, count));
        }

        Softmax.Apply(gates, experts);
        for (int k = 0; k < experts; k++)
            layer.Core[k].Apply(signals[(k * rank)..], step, rows, [], Activation.None, units[(k * rank)..], stride);
        for (int r = 0; r < rows; r++)
        {
            Span<T> row = units.Slice(r * stride, count);
            Tanh.Apply(row);
            GatedSum.Apply<T>(row, rank, experts, gates.Slice(r * experts, experts), 1, row, add: false);
        }
    }

    /// <summary>One layer, in place.</summary>
    /// <param name="weights">The network.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="x0">x₀.</param>
    /// <param name="x">x; becomes the layer's output.</param>
    /// <param name="scratch">At least <see cref="Scratch"/> numbers.</param>
    public static void Layer<T, TWeights>(MixtureWeights<T, TWeights> weights, MixtureLayerWeights<T, TWeights> layer, int rows, ReadOnlySpan<T> x0, Span<T> x, Span<T> scratch)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TWeights : IWeights<T, TWeights>
    {
        int width = weights.Width, length = rows * width, area = RowPass.Lines(length);
        Span<T> product = scratch[..length], units = scratch.Slice(area, rows * weights.Units), signals = scratch[(area + RowPass.Lines(rows * weights.Units))..];
        layer.In.Apply(x, width, rows, [], Activation.None, signals, weights.Signals);
        Units(weights, layer, signals, rows, units, weights.Units);
        layer.Out.Apply(units, weights.Units, rows, layer.Bias, Activation.None, product, width);
        CrossLayer.Combine<T>(x0[..length], product, x[..length]);
    }

    /// <summary>What the experts' units of <paramref name="rows"/> rows cost beside [V ; G] and U.</summary>
    public static PlanWork UnitsWork<T, TWeights>(MixtureWeights<T, TWeights> weights, int rows)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TWeights : IWeights<T, TWeights>
    {
        PlanWork work = PlanWork.Moved(3L * rows * weights.Signals);
        for (int k = 0; k < weights.Experts; k++)
            work += PlanWork.Product(rows, weights.Rank, weights.Rank);
        return work;
    }

    /// <summary>What <see cref="Layer"/> costs.</summary>
    public static PlanWork LayerWork<T, TWeights>(MixtureWeights<T, TWeights> weights, int rows)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TWeights : IWeights<T, TWeights> =>
        PlanWork.Product(rows, weights.Signals, weights.Width) + UnitsWork(weights, rows) + PlanWork.Product(rows, weights.Width, weights.Units)
        + PlanWork.Moved((long)rows * weights.Width);
}
