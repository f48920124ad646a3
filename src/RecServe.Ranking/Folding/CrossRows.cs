using System.Numerics;
using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>Cross layers row by row, as the formula says: x₀ = [user ; item], x ← x₀ ⊙ (W·x + b) + x, and what stands on them.</summary>
internal static class CrossRows
{
    /// <summary>Joins users and items to rows of x₀.</summary>
    /// <param name="users">One row of users a row, or one for all.</param>
    /// <param name="userStride">Numbers from one user to the next; 0 where all rows have one user.</param>
    /// <param name="items">One row a row.</param>
    /// <param name="itemStride">Numbers from one item to the next.</param>
    /// <param name="itemLength">I: how many of them enter.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="x0">Takes rows × (U + I) numbers; U follows from its stride, so the users' span of the last row ends at U.</param>
    public static void Join<T>(ReadOnlySpan<T> users, int userStride, ReadOnlySpan<T> items, int itemStride, int itemLength, int rows, Span<T> x0)
        where T : unmanaged
    {
        int userLength = users.Length - ((rows - 1) * userStride), width = userLength + itemLength;
        for (int r = 0; r < rows; r++)
        {
            users.Slice(r * userStride, userLength).CopyTo(x0[(r * width)..]);
            items.Slice(r * itemStride, itemLength).CopyTo(x0[((r * width) + userLength)..]);
        }
    }

    /// <summary>One layer, in place.</summary>
    /// <param name="layer">W and b.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="width">U + I.</param>
    /// <param name="x0">x₀.</param>
    /// <param name="x">x; becomes the layer's output.</param>
    /// <param name="product">Scratch memory: rows × width numbers.</param>
    public static void Layer<T, TWeights>(CrossLayerWeights<T, TWeights> layer, int rows, int width, ReadOnlySpan<T> x0, Span<T> x, Span<T> product)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TWeights : IWeights<T, TWeights>
    {
        int length = rows * width;
        layer.Whole.Apply(x, width, rows, layer.Bias, Activation.None, product, width);
        CrossLayer.Combine<T>(x0[..length], product[..length], x[..length]);
    }

    /// <summary>What stands on a cross network, for rows that went through all of it: the dense layer's outputs are written to <paramref name="y"/>, a head's logits added.</summary>
    /// <param name="dense">The dense layer, or null.</param>
    /// <param name="head">Where it is null: the head's weights.</param>
    /// <param name="width">Numbers of a row.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="x">x_L.</param>
    /// <param name="y">One row of outputs a row.</param>
    public static void End<T, TWeights>(DenseOverCross<T, TWeights>? dense, ReadOnlySpan<T> head, int width, int rows, ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TWeights : IWeights<T, TWeights>
    {
        if (dense is null)
            TWeights.Apply(head, 1, width, x, width, rows, [], Activation.None, y, 1, accumulate: true);
        else
            dense.Whole.Apply(x, width, rows, dense.Bias, Activation.Relu, y, dense.Outputs);
    }
}
