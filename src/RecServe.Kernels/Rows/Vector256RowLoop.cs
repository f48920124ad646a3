using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RecServe.Kernels;

/// <summary>Eight numbers at a time.</summary>
internal readonly struct Vector256RowLoop : IRowLoop
{
    private const int Lanes = 8;

    public static string Name => "vector256";

    public static bool IsSupported => Vector256.IsHardwareAccelerated;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Decode<TFormat, TSink>(byte* row, int dim, float* values, float weight)
        where TFormat : struct, IRowFormat
        where TSink : struct, IRowSink
    {
        float scale = TFormat.Scale(row, dim), bias = TFormat.Bias(row, dim);
        nint i = 0;
        for (; i <= dim - Lanes; i += Lanes)
        {
            Vector256<float> value = TFormat.Code256(row, i);
            if (TFormat.IsScaled)
                value = Vector256.FusedMultiplyAdd(value, Vector256.Create(scale), Vector256.Create(bias));
            TSink.Merge(Vector256.Load(values + i), value, weight).Store(values + i);
        }

        if (i < dim)
            ScalarRowLoop.DecodeFrom<TFormat, TSink>(row, dim, values, weight, i);
    }

    public static unsafe RowExtent Measure(float* values, int dim)
    {
        if (dim < Lanes)
            return ScalarRowLoop.Measure(values, dim);
        Vector256<float> min = Vector256.Load(values), max = min;
        Vector256<uint> magnitude = Vector256<uint>.Zero, mask = Vector256.Create(0x7FFFFFFFu);
        for (nint i = 0; i < dim; i += Lanes)
        {
            // The last step overlaps the one before it: nothing here minds seeing a number twice.
            Vector256<float> value = Vector256.Load(values + Math.Min(i, dim - Lanes));
            min = Vector256.Min(min, value);
            max = Vector256.Max(max, value);
            magnitude = Vector256.Max(magnitude, value.AsUInt32() & mask);
        }

        float least = min[0], most = max[0];
        uint largest = magnitude[0];
        for (int lane = 1; lane < Lanes; lane++)
        {
            least = MathF.Min(least, min[lane]);
            most = MathF.Max(most, max[lane]);
            largest = Math.Max(largest, magnitude[lane]);
        }

        return new RowExtent(least, most, largest);
    }

    public static unsafe void QuantizeAffine(float* values, int dim, float bias, float inverse, int top, byte* codes)
    {
        nint i = 0;
        for (; i <= dim - Lanes; i += Lanes)
        {
            Vector256<float> code = Vector256.Round((Vector256.Load(values + i) - Vector256.Create(bias)) * Vector256.Create(inverse));
            *(ulong*)(codes + i) = Narrow(Vector256.Clamp(code, Vector256<float>.Zero, Vector256.Create((float)top)));
        }

        ScalarRowLoop.QuantizeAffineFrom(values, dim, bias, inverse, top, codes, i);
    }

    public static unsafe void QuantizeSymmetric(float* values, int dim, float scale, sbyte* codes)
    {
        nint i = 0;
        for (; i <= dim - Lanes; i += Lanes)
        {
            Vector256<float> code = Vector256.Round(Vector256.Load(values + i) / Vector256.Create(scale));
            *(ulong*)(codes + i) = Narrow(Vector256.Clamp(code, Vector256.Create(-127f), Vector256.Create(127f)));
        }

        ScalarRowLoop.QuantizeSymmetricFrom(values, dim, scale, codes, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Narrow(Vector256<float> whole)
    {
        // The codes fit in a byte, so dropping the upper bits keeps them, negative ones too.
        Vector256<int> codes = Vector256.ConvertToInt32Native(whole);
        Vector128<short> words = Vector128.Narrow(codes.GetLower(), codes.GetUpper());
        return Vector128.Narrow(words, words).AsUInt64().ToScalar();
    }
}
