using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using BenchmarkDotNet.Attributes;

namespace RecServe.Bench;

/// <summary>What a product is measured against: twelve independent chains of multiply-adds in registers, 384 (192) operations a turn.</summary>
public class FusedMultiplyAddPeak
{
    private const int Turns = 1_000_000;

    [Benchmark(OperationsPerInvoke = Turns)]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public float Vector512Turn()
    {
        Vector512<float> a = Vector512.Create(0.5f), s0 = a, s1 = a, s2 = a, s3 = a, s4 = a, s5 = a, s6 = a, s7 = a, s8 = a, s9 = a, s10 = a, s11 = a;
        for (int i = 0; i < Turns; i++)
        {
            s0 = Vector512.FusedMultiplyAdd(s0, a, a);
            s1 = Vector512.FusedMultiplyAdd(s1, a, a);
            s2 = Vector512.FusedMultiplyAdd(s2, a, a);
            s3 = Vector512.FusedMultiplyAdd(s3, a, a);
            s4 = Vector512.FusedMultiplyAdd(s4, a, a);
            s5 = Vector512.FusedMultiplyAdd(s5, a, a);
            s6 = Vector512.FusedMultiplyAdd(s6, a, a);
            s7 = Vector512.FusedMultiplyAdd(s7, a, a);
            s8 = Vector512.FusedMultiplyAdd(s8, a, a);
            s9 = Vector512.FusedMultiplyAdd(s9, a, a);
            s10 = Vector512.FusedMultiplyAdd(s10, a, a);
            s11 = Vector512.FusedMultiplyAdd(s11, a, a);
        }

        return Vector512.Sum(s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11);
    }

    [Benchmark(OperationsPerInvoke = Turns)]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public float Vector256Turn()
    {
        Vector256<float> a = Vector256.Create(0.5f), s0 = a, s1 = a, s2 = a, s3 = a, s4 = a, s5 = a, s6 = a, s7 = a, s8 = a, s9 = a, s10 = a, s11 = a;
        for (int i = 0; i < Turns; i++)
        {
            s0 = Vector256.FusedMultiplyAdd(s0, a, a);
            s1 = Vector256.FusedMultiplyAdd(s1, a, a);
            s2 = Vector256.FusedMultiplyAdd(s2, a, a);
            s3 = Vector256.FusedMultiplyAdd(s3, a, a);
            s4 = Vector256.FusedMultiplyAdd(s4, a, a);
            s5 = Vector256.FusedMultiplyAdd(s5, a, a);
            s6 = Vector256.FusedMultiplyAdd(s6, a, a);
            s7 = Vector256.FusedMultiplyAdd(s7, a, a);
            s8 = Vector256.FusedMultiplyAdd(s8, a, a);
            s9 = Vector256.FusedMultiplyAdd(s9, a, a);
            s10 = Vector256.FusedMultiplyAdd(s10, a, a);
            s11 = Vector256.FusedMultiplyAdd(s11, a, a);
        }

        return Vector256.Sum(s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11);
    }
}
