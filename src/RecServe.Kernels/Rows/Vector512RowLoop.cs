using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RecServe.Kernels;

/// <summary>Sixteen numbers at a time, what is left as in <see cref="Vector256RowLoop"/>.</summary>
internal readonly struct Vector512RowLoop : IRowLoop
{
    private const int Lanes = 16;

    public static string Name => "vector512";

    public static bool IsSupported => Vector512.IsHardwareAccelerated;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Decode<TFormat, TSink>(byte* row, int dim, float* values, float weight)
        where TFormat : struct, IRowFormat
        where TSink : struct, IRowSink
    {
        float scale = TFormat.Scale(row, dim), bias = TFormat.Bias(row, dim);
        nint i = 0;
        for (; i <= dim - Lanes; i += Lanes)
        {
            Vector512<float> value = TFormat.Code512(row, i);
            if (TFormat.IsScaled)
                value = Vector512.FusedMultiplyAdd(value, Vector512.Create(scale), Vector512.Create(bias));
            TSink.Merge(Vector512.Load(values + i), value, weight).Store(values + i);
        }

        if (i <= dim - Lanes / 2)
        {
            Vector256<float> value = TFormat.Code256(row, i);
            if (TFormat.IsScaled)
                value = Vector256.FusedMultiplyAdd(value, Vector256.Create(scale), Vector256.Create(bias));
            TSink.Merge(Vector256.Load(values + i), value, weight).Store(values + i);
            i += Lanes / 2;
        }

        if (i < dim)
            ScalarRowLoop.DecodeFrom<TFormat, TSink>(row, dim, values, weight, i);
    }

    // Encoding is bound by the reductions and the narrowing, which gain nothing from wider registers.
    public static unsafe RowExtent Measure(float* values, int dim) => Vector256RowLoop.Measure(values, dim);

    public static unsafe void QuantizeAffine(float* values, int dim, float bias, float inverse, int top, byte* codes) =>
        Vector256RowLoop.QuantizeAffine(values, dim, bias, inverse, top, codes);

    public static unsafe void QuantizeSymmetric(float* values, int dim, float scale, sbyte* codes) =>
        Vector256RowLoop.QuantizeSymmetric(values, dim, scale, codes);
}
