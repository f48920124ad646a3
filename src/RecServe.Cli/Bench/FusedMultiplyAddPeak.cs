using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RecServe.Cli.Bench;

/// <summary>What products are measured against: independent chains of multiply-adds in registers, of the width that the kernels use.</summary>
internal static class FusedMultiplyAddPeak
{
    private const int Turns = 200_000, Chains = 12;

    /// <summary>Billions of floating-point operations a second, the best of several runs.</summary>
    public static double Measure()
    {
        bool wide = Kernels.KernelSelection.Name == "vector512";
        double best = double.MaxValue;

        // As long as a product is measured: a shared core is slower for some tenths of a second at a time.
        long begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin).TotalMilliseconds < 1_000)
        {
            long start = Stopwatch.GetTimestamp();
            if (wide)
                Wide();
            else
                Narrow();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds);
        }

        return 2.0 * Chains * (wide ? 16 : 8) * Turns / best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Wide()
    {
        Vector512<float> a = Vector512.Create(0.5f), s0 = a, s1 = a, s2 = a, s3 = a, s4 = a, s5 = a, s6 = a, s7 = a, s8 = a, s9 = a, s10 = a, s11 = a;
        for (int i = 0; i < Turns; i++)
        {
            (s0, s1, s2) = (Vector512.FusedMultiplyAdd(s0, a, a), Vector512.FusedMultiplyAdd(s1, a, a), Vector512.FusedMultiplyAdd(s2, a, a));
            (s3, s4, s5) = (Vector512.FusedMultiplyAdd(s3, a, a), Vector512.FusedMultiplyAdd(s4, a, a), Vector512.FusedMultiplyAdd(s5, a, a));
            (s6, s7, s8) = (Vector512.FusedMultiplyAdd(s6, a, a), Vector512.FusedMultiplyAdd(s7, a, a), Vector512.FusedMultiplyAdd(s8, a, a));
            (s9, s10, s11) = (Vector512.FusedMultiplyAdd(s9, a, a), Vector512.FusedMultiplyAdd(s10, a, a), Vector512.FusedMultiplyAdd(s11, a, a));
        }

        return Vector512.Sum(s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Narrow()
    {
        Vector256<float> a = Vector256.Create(0.5f), s0 = a, s1 = a, s2 = a, s3 = a, s4 = a, s5 = a, s6 = a, s7 = a, s8 = a, s9 = a, s10 = a, s11 = a;
        for (int i = 0; i < Turns; i++)
        {
            (s0, s1, s2) = (Vector256.FusedMultiplyAdd(s0, a, a), Vector256.FusedMultiplyAdd(s1, a, a), Vector256.FusedMultiplyAdd(s2, a, a));
            (s3, s4, s5) = (Vector256.FusedMultiplyAdd(s3, a, a), Vector256.FusedMultiplyAdd(s4, a, a), Vector256.FusedMultiplyAdd(s5, a, a));
            (s6, s7, s8) = (Vector256.FusedMultiplyAdd(s6, a, a), Vector256.FusedMultiplyAdd(s7, a, a), Vector256.FusedMultiplyAdd(s8, a, a));
            (s9, s10, s11) = (Vector256.FusedMultiplyAdd(s9, a, a), Vector256.FusedMultiplyAdd(s10, a, a), Vector256.FusedMultiplyAdd(s11, a, a));
        }

        return Vector256.Sum(s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11);
    }
}
