using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RecServe.Cli.Bench;

/// <summary>What products are measured against: independent chains of multiply-adds in registers, of the width that the kernels use.</summary>
internal static class FusedMultiplyAddPeak
{
    /// <summary>Nanoseconds of a run that a host shared with others takes next to nothing from.</summary>
    public const double Short = 300_000;

    private const int Chains = 12, TurnsToCalibrate = 20_000;

    /// <summary>How many turns take so long, at the speed of a few of them.</summary>
    /// <param name="nanoseconds">Length of a run.</param>
    public static int TurnsOf(double nanoseconds)
    {
        double gflops = Enumerable.Range(0, 10).Max(_ => Run(TurnsToCalibrate));
        return (int)Math.Clamp(nanoseconds * gflops / FlopsOfTurn, 1, int.MaxValue);
    }

    /// <summary>Billions of floating-point operations a second, of one run.</summary>
    /// <param name="turns">How long, in turns of twelve multiply-adds.</param>
    public static double Run(int turns)
    {
        long start = Stopwatch.GetTimestamp();
        if (IsWide)
            Wide(turns);
        else
            Narrow(turns);
        return FlopsOfTurn * turns / Stopwatch.GetElapsedTime(start).TotalNanoseconds;
    }

    private static bool IsWide => Kernels.KernelSelection.Name == "vector512";

    private static double FlopsOfTurn => 2.0 * Chains * (IsWide ? 16 : 8);

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Wide(int turns)
    {
        Vector512<float> a = Vector512.Create(0.5f), s0 = a, s1 = a, s2 = a, s3 = a, s4 = a, s5 = a, s6 = a, s7 = a, s8 = a, s9 = a, s10 = a, s11 = a;
        for (int i = 0; i < turns; i++)
        {
            (s0, s1, s2) = (Vector512.FusedMultiplyAdd(s0, a, a), Vector512.FusedMultiplyAdd(s1, a, a), Vector512.FusedMultiplyAdd(s2, a, a));
            (s3, s4, s5) = (Vector512.FusedMultiplyAdd(s3, a, a), Vector512.FusedMultiplyAdd(s4, a, a), Vector512.FusedMultiplyAdd(s5, a, a));
            (s6, s7, s8) = (Vector512.FusedMultiplyAdd(s6, a, a), Vector512.FusedMultiplyAdd(s7, a, a), Vector512.FusedMultiplyAdd(s8, a, a));
            (s9, s10, s11) = (Vector512.FusedMultiplyAdd(s9, a, a), Vector512.FusedMultiplyAdd(s10, a, a), Vector512.FusedMultiplyAdd(s11, a, a));
        }

        return Vector512.Sum(s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Narrow(int turns)
    {
        Vector256<float> a = Vector256.Create(0.5f), s0 = a, s1 = a, s2 = a, s3 = a, s4 = a, s5 = a, s6 = a, s7 = a, s8 = a, s9 = a, s10 = a, s11 = a;
        for (int i = 0; i < turns; i++)
        {
            (s0, s1, s2) = (Vector256.FusedMultiplyAdd(s0, a, a), Vector256.FusedMultiplyAdd(s1, a, a), Vector256.FusedMultiplyAdd(s2, a, a));
            (s3, s4, s5) = (Vector256.FusedMultiplyAdd(s3, a, a), Vector256.FusedMultiplyAdd(s4, a, a), Vector256.FusedMultiplyAdd(s5, a, a));
            (s6, s7, s8) = (Vector256.FusedMultiplyAdd(s6, a, a), Vector256.FusedMultiplyAdd(s7, a, a), Vector256.FusedMultiplyAdd(s8, a, a));
            (s9, s10, s11) = (Vector256.FusedMultiplyAdd(s9, a, a), Vector256.FusedMultiplyAdd(s10, a, a), Vector256.FusedMultiplyAdd(s11, a, a));
        }

        return Vector256.Sum(s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11);
    }
}
