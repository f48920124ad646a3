using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RecServe.Cli.Bench;

/// <summary>What a product with one row is measured against: reading as many bytes, each once, from whichever cache or memory they lie in.</summary>
internal static class MemoryRead
{
    /// <summary>Sums floats in eight independent chains of 64 bytes, more than two loads a cycle need; what is left over a multiple of 128 floats is not read.</summary>
    // Not inlined, or a caller that does not look at the sum would not read.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static float Sum(ReadOnlySpan<float> floats)
    {
        ReadOnlySpan<Vector512<float>> v = MemoryMarshal.Cast<float, Vector512<float>>(floats);
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
        for (; v.Length >= 8; v = v[8..])
        {
            (s0, s1, s2, s3) = (s0 + v[0], s1 + v[1], s2 + v[2], s3 + v[3]);
            (s4, s5, s6, s7) = (s4 + v[4], s5 + v[5], s6 + v[6], s7 + v[7]);
        }

        return Vector512.Sum(s0 + s1 + (s2 + s3) + (s4 + s5 + (s6 + s7)));
    }
}
