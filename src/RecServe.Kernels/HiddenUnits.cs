using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RecServe.Kernels;

/// <summary>
/// What training does to one row of a hidden layer between two matrix products: <c>y = dropout(max(0, z · scale + shift))</c> and its
/// gradient. Scale and shift are a batch normalisation's, or 1 and the bias.
/// </summary>
public static class HiddenUnits
{
    /// <summary>y = max(0, z · scale + shift); all spans have one length.</summary>
    public static void Forward(ReadOnlySpan<float> z, ReadOnlySpan<float> scale, ReadOnlySpan<float> shift, Span<float> y)
    {
        int width = y.Length, i = 0;
        z = z[..width];
        scale = scale[..width];
        shift = shift[..width];
        ref float zs = ref MemoryMarshal.GetReference(z), ss = ref MemoryMarshal.GetReference(scale);
        ref float hs = ref MemoryMarshal.GetReference(shift), ys = ref MemoryMarshal.GetReference(y);
        for (; i <= width - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> value = (Vector.LoadUnsafe(ref zs, (nuint)i) * Vector.LoadUnsafe(ref ss, (nuint)i)) + Vector.LoadUnsafe(ref hs, (nuint)i);
            Vector.Max(value, Vector<float>.Zero).StoreUnsafe(ref ys, (nuint)i);
        }

        for (; i < width; i++)
            y[i] = MathF.Max(0, (z[i] * scale[i]) + shift[i]);
    }

    /// <summary>As <see cref="Forward"/>, then dropout: a surviving value is multiplied by <paramref name="keepScale"/> (1 / (1 − rate)), a dropped one is 0.</summary>
    /// <param name="z">Sums of the layer.</param>
    /// <param name="scale">Factor of each unit.</param>
    /// <param name="shift">Addend of each unit.</param>
    /// <param name="y">Result.</param>
    /// <param name="key">Key of the mask.</param>
    /// <param name="firstIndex">Index of y[0] in the mask.</param>
    /// <param name="threshold">See <see cref="DropoutMask.Threshold"/>.</param>
    /// <param name="keepScale">Factor of a surviving value.</param>
    public static void ForwardDropout(ReadOnlySpan<float> z, ReadOnlySpan<float> scale, ReadOnlySpan<float> shift, Span<float> y,
        ulong key, uint firstIndex, uint threshold, float keepScale)
    {
        int width = y.Length, i = 0;
        z = z[..width];
        scale = scale[..width];
        shift = shift[..width];
        ref float zs = ref MemoryMarshal.GetReference(z), ss = ref MemoryMarshal.GetReference(scale);
        ref float hs = ref MemoryMarshal.GetReference(shift), ys = ref MemoryMarshal.GetReference(y);
        var low = new Vector<uint>((uint)key);
        var high = new Vector<uint>((uint)(key >> 32));
        var limit = new Vector<uint>(threshold);
        Vector<uint> index = Vector.CreateSequence(firstIndex, 1u);
        var step = new Vector<uint>((uint)Vector<uint>.Count);
        for (; i <= width - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> value = (Vector.LoadUnsafe(ref zs, (nuint)i) * Vector.LoadUnsafe(ref ss, (nuint)i)) + Vector.LoadUnsafe(ref hs, (nuint)i);
            value = Vector.Max(value, Vector<float>.Zero) * keepScale;
            Vector<uint> keeps = Vector.GreaterThanOrEqual(DropoutMask.Hash(low, high, index), limit);
            (value.As<float, uint>() & keeps).As<uint, float>().StoreUnsafe(ref ys, (nuint)i);
            index += step;
        }

        for (; i < width; i++)
        {
            bool keeps = DropoutMask.Keeps(key, firstIndex + (uint)i, threshold);
            y[i] = keeps ? MathF.Max(0, (z[i] * scale[i]) + shift[i]) * keepScale : 0;
        }
    }

    /// <summary>
    /// Gradient through dropout and ReLU, in place: g is multiplied by <paramref name="keepScale"/> where y is above 0 (active and kept)
    /// and is 0 elsewhere. Adds g to <paramref name="sum"/>.
    /// </summary>
    public static void Backward(Span<float> gradient, ReadOnlySpan<float> y, float keepScale, Span<float> sum)
    {
        int width = gradient.Length, i = 0;
        y = y[..width];
        sum = sum[..width];
        ref float gs = ref MemoryMarshal.GetReference(gradient), ys = ref MemoryMarshal.GetReference(y), sums = ref MemoryMarshal.GetReference(sum);
        for (; i <= width - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> value = Open(ref gs, ref ys, i, keepScale);
            value.StoreUnsafe(ref gs, (nuint)i);
            (Vector.LoadUnsafe(ref sums, (nuint)i) + value).StoreUnsafe(ref sums, (nuint)i);
        }

        for (; i < width; i++)
        {
            gradient[i] = y[i] > 0 ? gradient[i] * keepScale : 0;
            sum[i] += gradient[i];
        }
    }

    /// <summary>As <see cref="Backward"/>, and adds g · (z − mean) to <paramref name="product"/>: the two sums batch normalisation needs.</summary>
    public static void BackwardNormalized(Span<float> gradient, ReadOnlySpan<float> y, ReadOnlySpan<float> z, ReadOnlySpan<float> mean,
        float keepScale, Span<float> sum, Span<float> product)
    {
        int width = gradient.Length, i = 0;
        y = y[..width];
        z = z[..width];
        mean = mean[..width];
        sum = sum[..width];
        product = product[..width];
        ref float gs = ref MemoryMarshal.GetReference(gradient), ys = ref MemoryMarshal.GetReference(y), sums = ref MemoryMarshal.GetReference(sum);
        ref float zs = ref MemoryMarshal.GetReference(z), ms = ref MemoryMarshal.GetReference(mean), ps = ref MemoryMarshal.GetReference(product);
        for (; i <= width - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> value = Open(ref gs, ref ys, i, keepScale);
            value.StoreUnsafe(ref gs, (nuint)i);
            (Vector.LoadUnsafe(ref sums, (nuint)i) + value).StoreUnsafe(ref sums, (nuint)i);
            Vector<float> centred = Vector.LoadUnsafe(ref zs, (nuint)i) - Vector.LoadUnsafe(ref ms, (nuint)i);
            (Vector.LoadUnsafe(ref ps, (nuint)i) + (value * centred)).StoreUnsafe(ref ps, (nuint)i);
        }

        for (; i < width; i++)
        {
            gradient[i] = y[i] > 0 ? gradient[i] * keepScale : 0;
            sum[i] += gradient[i];
            product[i] += gradient[i] * (z[i] - mean[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Open(ref float gradient, ref float y, int i, float keepScale)
    {
        Vector<int> open = Vector.GreaterThan(Vector.LoadUnsafe(ref y, (nuint)i), Vector<float>.Zero);
        Vector<float> value = Vector.LoadUnsafe(ref gradient, (nuint)i) * keepScale;
        return (value.As<float, int>() & open).As<int, float>();
    }
}
