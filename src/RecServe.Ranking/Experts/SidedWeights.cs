using System.Runtime.InteropServices;
using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>A layer over x = [user ; item] with the user's and the item's columns apart: for one user's candidates W_U·u + b is made once.</summary>
internal sealed class SidedWeights<T, TWeights>
    where T : unmanaged
    where TWeights : IWeights<T, TWeights>
{
    private readonly TWeights _ofUser, _ofItem;
    private readonly T[] _bias;

    /// <param name="users">U: numbers of the user in x.</param>
    /// <param name="items">I: numbers of the item.</param>
    /// <param name="weight">[outputs, U + I].</param>
    /// <param name="bias">[outputs].</param>
    public SidedWeights(int users, int items, T[] weight, T[] bias)
    {
        _ofUser = TWeights.Pack(weight, bias.Length, users, users + items);
        _ofItem = TWeights.Pack(weight.AsSpan(Math.Min(users, weight.Length)), bias.Length, items, users + items);
        _bias = bias;
    }

    public int Outputs => _bias.Length;

    /// <summary>W_U·u + b.</summary>
    public void Share(ReadOnlySpan<T> user, Span<T> shared) => _ofUser.Apply(user, _ofUser.Inputs, 1, _bias, Activation.None, shared, Outputs);

    /// <summary>W_I·i without the user and the bias.</summary>
    public void ItemParts(ReadOnlySpan<T> items, int stride, int rows, Span<T> parts, int partStride) =>
        _ofItem.Apply(items, stride, rows, [], Activation.None, parts, partStride);

    /// <summary>The layer for rows, whose share of this layer begins at <paramref name="at"/>; the sums have one order in either case.</summary>
    public void Apply(in SidedRows<T> x, int at, Activation activation, Span<T> y)
    {
        if (!x.Parts.IsEmpty && typeof(T) == typeof(float))
        {
            x.Parts.Apply(at, MemoryMarshal.Cast<T, float>(x.Shared.Slice(at, Outputs)), activation, MemoryMarshal.Cast<T, float>(y));
            return;
        }

        if (x.IsShared)
        {
            _ofItem.Apply(x.Items, x.ItemStride, x.Count, x.Shared.Slice(at, Outputs), activation, y, Outputs);
            return;
        }

        _ofUser.Apply(x.Users, x.UserStride, x.Count, _bias, Activation.None, y, Outputs);
        _ofItem.Apply(x.Items, x.ItemStride, x.Count, [], activation, y, Outputs, accumulate: true);
    }
}
