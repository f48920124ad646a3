using System.Numerics;
using System.Runtime.InteropServices;

namespace RecServe.Kernels;

/// <summary>
/// The elementwise half of a full-rank cross layer, x' = x₀ ⊙ (W·x + b) + x (DCN-V2, arXiv:2008.13535, equation 1), in single or double
/// precision.
/// </summary>
public static class CrossLayer
{
    /// <summary>x ← x₀ ⊙ z + x, where z = W·x + b. All spans have one length.</summary>
    /// <exception cref="ArgumentException">A span is shorter than <paramref name="x"/>.</exception>
    public static void Combine<T>(ReadOnlySpan<T> x0, ReadOnlySpan<T> z, Span<T> x)
        where T : unmanaged, IFloatingPointIeee754<T> => Write(x0, z, x, x);

    /// <summary>As <see cref="Combine{T}(ReadOnlySpan{T}, ReadOnlySpan{T}, Span{T})"/> where the result takes the place of z: z ← x₀ ⊙ z + x.</summary>
    /// <exception cref="ArgumentException">A span is shorter than <paramref name="z"/>.</exception>
    public static void Close<T>(ReadOnlySpan<T> x0, ReadOnlySpan<T> x, Span<T> z)
        where T : unmanaged, IFloatingPointIeee754<T> => Write(x0, z, x, z);

    private static void Write<T>(ReadOnlySpan<T> x0, ReadOnlySpan<T> z, ReadOnlySpan<T> x, Span<T> result)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int length = result.Length, i = 0;
        MatrixBounds.CheckVector(x0.Length, length, nameof(x0));
        MatrixBounds.CheckVector(z.Length, length, nameof(z));
        MatrixBounds.CheckVector(x.Length, length, nameof(x));
        ref T x0s = ref MemoryMarshal.GetReference(x0), zs = ref MemoryMarshal.GetReference(z), xs = ref MemoryMarshal.GetReference(x);
        ref T results = ref MemoryMarshal.GetReference(result);
        for (; i <= length - Vector<T>.Count; i += Vector<T>.Count)
        {
            Vector<T> product = Vector.LoadUnsafe(ref x0s, (nuint)i) * Vector.LoadUnsafe(ref zs, (nuint)i);
            (product + Vector.LoadUnsafe(ref xs, (nuint)i)).StoreUnsafe(ref results, (nuint)i);
        }

        for (; i < length; i++)
            result[i] = x0[i] * z[i] + x[i];
    }
}
