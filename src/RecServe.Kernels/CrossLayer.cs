using System.Numerics;
using System.Runtime.InteropServices;

namespace RecServe.Kernels;

/// <summary>The elementwise half of a full-rank cross layer, x' = x₀ ⊙ (W·x + b) + x (DCN-V2, arXiv:2008.13535, equation 1).</summary>
public static class CrossLayer
{
    /// <summary>x ← x₀ ⊙ z + x, where z = W·x + b. All spans have one length.</summary>
    /// <exception cref="ArgumentException">A span is shorter than <paramref name="x"/>.</exception>
    public static void Combine(ReadOnlySpan<float> x0, ReadOnlySpan<float> z, Span<float> x)
    {
        MatrixBounds.CheckVector(x0.Length, x.Length, nameof(x0));
        MatrixBounds.CheckVector(z.Length, x.Length, nameof(z));
        ref float x0s = ref MemoryMarshal.GetReference(x0), zs = ref MemoryMarshal.GetReference(z), xs = ref MemoryMarshal.GetReference(x);
        int i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> product = Vector.LoadUnsafe(ref x0s, (nuint)i) * Vector.LoadUnsafe(ref zs, (nuint)i);
            (product + Vector.LoadUnsafe(ref xs, (nuint)i)).StoreUnsafe(ref xs, (nuint)i);
        }

        for (; i < x.Length; i++)
            x[i] = x0[i] * z[i] + x[i];
    }
}
