using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RecServe.Kernels;

/// <summary>
/// e^(x_i − max x) / Σ e^(x_j − max x) over groups of numbers, so that nothing overflows; a group with an infinity or NaN gives NaN. An element's
/// result depends on its group alone, not on where the group stands.
/// </summary>
public static class Softmax
{
    /// <summary>Replaces each group of <paramref name="width"/> numbers by its softmax.</summary>
    /// <param name="x">Groups one after another; what does not fill a group at the end is left alone.</param>
    /// <param name="width">Numbers of a group, at least 1.</param>
    public static void Apply<T>(Span<T> x, int width)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        x = x[..(x.Length - (x.Length % width))];
        for (int at = 0; at < x.Length; at += width)
        {
            Span<T> group = x.Slice(at, width);
            T most = group[0];
            foreach (T value in group)
                most = T.Max(most, value);
            foreach (ref T value in group)
                value -= most;
        }

        Exponentials(x);
        for (int at = 0; at < x.Length; at += width)
        {
            Span<T> group = x.Slice(at, width);
            T sum = T.Zero;
            foreach (T value in group)
                sum += value;
            foreach (ref T value in group)
                value /= sum;
        }
    }

    // Floats in vectors, the rest of the last one too, so that each has the same bits wherever it stands.
    private static void Exponentials<T>(Span<T> x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (typeof(T) != typeof(float))
        {
            foreach (ref T value in x)
                value = T.Exp(value);
            return;
        }

        Span<float> floats = MemoryMarshal.Cast<T, float>(x);
        ref float first = ref MemoryMarshal.GetReference(floats);
        int i = 0;
        for (; i <= floats.Length - Vector256<float>.Count; i += Vector256<float>.Count)
            Vector256.Exp(Vector256.LoadUnsafe(ref first, (nuint)i)).StoreUnsafe(ref first, (nuint)i);
        for (; i < floats.Length; i++)
            floats[i] = Vector256.Exp(Vector256.Create(floats[i])).ToScalar();
    }
}
