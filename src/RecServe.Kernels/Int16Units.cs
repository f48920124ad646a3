using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RecServe.Kernels;

/// <summary>
/// Sums of a dense layer stored as 16-bit integers with one scale, x ≈ code · scale, and the layer's outputs made from them. A stored sum is off by at most
/// max|x| / 65,534: 16 times less than a 16-bit float of the largest sum is, at the same bytes.
/// </summary>
public static class Int16Units
{
    // Below it the factor from sum to code would overflow; sums so small are stored as 0.
    private const float Least = 1e-30f;

    /// <summary>Rounds numbers to codes, to nearest and even.</summary>
    /// <param name="x">Sums, or inputs of a product.</param>
    /// <param name="codes">Takes as many codes.</param>
    /// <param name="mostCode">Largest code, that of the number furthest from 0; 1 to 32,767.</param>
    /// <returns>The scale, 0 or more; NaN where a sum is not finite, with codes of no use.</returns>
    /// <exception cref="ArgumentException"><paramref name="codes"/> is shorter than <paramref name="x"/>.</exception>
    public static float Encode(ReadOnlySpan<float> x, Span<short> codes, int mostCode = short.MaxValue)
    {
        MatrixBounds.CheckVector(codes.Length, x.Length, nameof(codes));
        float most = MostOf(x);
        if (!float.IsFinite(most))
            return float.NaN;
        if (most < Least)
        {
            codes[..x.Length].Clear();
            return 0;
        }

        float factor = mostCode / most;
        ref float xs = ref MemoryMarshal.GetReference(x);
        ref short targets = ref MemoryMarshal.GetReference(codes);
        int i = 0;
        if (Avx512F.IsSupported)
        {
            for (; i <= x.Length - 32; i += 32)
            {
                Vector512<int> low = Avx512F.ConvertToVector512Int32(Vector512.LoadUnsafe(ref xs, (nuint)i) * factor);
                Vector512<int> high = Avx512F.ConvertToVector512Int32(Vector512.LoadUnsafe(ref xs, (nuint)i + 16) * factor);
                Vector512.Narrow(low, high).StoreUnsafe(ref targets, (nuint)i);
            }
        }

        for (; i <= x.Length - 16; i += 16)
        {
            Vector256<float> low = Vector256.Round(Vector256.LoadUnsafe(ref xs, (nuint)i) * factor);
            Vector256<float> high = Vector256.Round(Vector256.LoadUnsafe(ref xs, (nuint)i + 8) * factor);
            Vector256.Narrow(Vector256.ConvertToInt32Native(low), Vector256.ConvertToInt32Native(high)).StoreUnsafe(ref targets, (nuint)i);
        }

        for (; i < x.Length; i++)
            codes[i] = (short)MathF.Round(x[i] * factor);
        return most / mostCode;
    }

    /// <summary>y = activation(code · scale + bias).</summary>
    /// <param name="codes">Codes.</param>
    /// <param name="scale">Their scale; NaN makes every output NaN.</param>
    /// <param name="bias">As many floats as y has.</param>
    /// <param name="activation">Applied last; NaN stays NaN.</param>
    /// <param name="y">The outputs.</param>
    /// <exception cref="ArgumentException">A span is shorter than <paramref name="y"/>.</exception>
    public static void Decode(ReadOnlySpan<short> codes, float scale, ReadOnlySpan<float> bias, Activation activation, Span<float> y)
    {
        MatrixBounds.CheckVector(codes.Length, y.Length, nameof(codes));
        MatrixBounds.CheckVector(bias.Length, y.Length, nameof(bias));
        ref short cs = ref MemoryMarshal.GetReference(codes);
        ref float bs = ref MemoryMarshal.GetReference(bias), ys = ref MemoryMarshal.GetReference(y);

        // What is below the floor becomes the floor: 0, or with no activation nothing is below it.
        float floor = activation == Activation.Relu ? 0 : float.NegativeInfinity;
        int i = 0;
        if (Avx512F.IsSupported)
        {
            Vector512<float> scales = Vector512.Create(scale), floors = Vector512.Create(floor);
            for (; i <= y.Length - 16; i += 16)
            {
                Vector512<float> sums = Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector256.LoadUnsafe(ref cs, (nuint)i)));
                sums = Vector512.FusedMultiplyAdd(sums, scales, Vector512.LoadUnsafe(ref bs, (nuint)i));
                Vector512.MaxNative(floors, sums).StoreUnsafe(ref ys, (nuint)i);
            }
        }

        Vector256<float> scale8 = Vector256.Create(scale), floor8 = Vector256.Create(floor);
        for (; i <= y.Length - 8; i += 8)
        {
            Vector128<short> part = Vector128.LoadUnsafe(ref cs, (nuint)i);
            Vector256<int> wide = Avx2.IsSupported ? Avx2.ConvertToVector256Int32(part) : Vector256.Create(Vector128.WidenLower(part), Vector128.WidenUpper(part));
            Vector256<float> sums = Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(wide), scale8, Vector256.LoadUnsafe(ref bs, (nuint)i));
            Vector256.MaxNative(floor8, sums).StoreUnsafe(ref ys, (nuint)i);
        }

        for (; i < y.Length; i++)
            y[i] = MathF.Max(floor, MathF.FusedMultiplyAdd(codes[i], scale, bias[i]));
    }

    // NaN where there is one.
    private static float MostOf(ReadOnlySpan<float> x)
    {
        ref float xs = ref MemoryMarshal.GetReference(x);
        int i = 0;
        Vector512<float> mosts = Vector512<float>.Zero;
        for (; Vector512.IsHardwareAccelerated && i <= x.Length - 16; i += 16)
            mosts = Vector512.Max(mosts, Vector512.Abs(Vector512.LoadUnsafe(ref xs, (nuint)i)));
        Vector256<float> most = Vector256.Max(mosts.GetLower(), mosts.GetUpper());
        for (; i <= x.Length - 8; i += 8)
            most = Vector256.Max(most, Vector256.Abs(Vector256.LoadUnsafe(ref xs, (nuint)i)));
        float result = 0;
        for (int lane = 0; lane < Vector256<float>.Count; lane++)
            result = MathF.Max(result, most[lane]);
        for (; i < x.Length; i++)
            result = MathF.Max(result, MathF.Abs(x[i]));
        return result;
    }
}
