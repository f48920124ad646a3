using System.Runtime.CompilerServices;

namespace RecServe.Kernels;

/// <summary>The reference: one number at a time. The wide loops give the same bits.</summary>
internal readonly struct ScalarRowLoop : IRowLoop
{
    public static string Name => "scalar";

    public static bool IsSupported => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Decode<TFormat, TSink>(byte* row, int dim, float* values, float weight)
        where TFormat : struct, IRowFormat
        where TSink : struct, IRowSink =>
        DecodeFrom<TFormat, TSink>(row, dim, values, weight, 0);

    /// <summary>Decodes numbers <paramref name="i"/> and up; the wide loops end with it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void DecodeFrom<TFormat, TSink>(byte* row, int dim, float* values, float weight, nint i)
        where TFormat : struct, IRowFormat
        where TSink : struct, IRowSink
    {
        float scale = TFormat.Scale(row, dim), bias = TFormat.Bias(row, dim);
        for (; i < dim; i++)
        {
            float value = TFormat.Code(row, i);
            if (TFormat.IsScaled)
                value = MathF.FusedMultiplyAdd(value, scale, bias);
            values[i] = TSink.Merge(values[i], value, weight);
        }
    }

    public static unsafe RowExtent Measure(float* values, int dim)
    {
        float min = values[0], max = values[0];
        uint magnitude = 0;
        for (int i = 0; i < dim; i++)
        {
            min = MathF.Min(min, values[i]);
            max = MathF.Max(max, values[i]);
            magnitude = Math.Max(magnitude, BitConverter.SingleToUInt32Bits(values[i]) & 0x7FFFFFFF);
        }

        return new RowExtent(min, max, magnitude);
    }

    public static unsafe void QuantizeAffine(float* values, int dim, float bias, float inverse, int top, byte* codes) =>
        QuantizeAffineFrom(values, dim, bias, inverse, top, codes, 0);

    public static unsafe void QuantizeSymmetric(float* values, int dim, float scale, sbyte* codes) =>
        QuantizeSymmetricFrom(values, dim, scale, codes, 0);

    internal static unsafe void QuantizeAffineFrom(float* values, int dim, float bias, float inverse, int top, byte* codes, nint i)
    {
        for (; i < dim; i++)
            codes[i] = (byte)Math.Clamp(MathF.Round((values[i] - bias) * inverse), 0, top);
    }

    internal static unsafe void QuantizeSymmetricFrom(float* values, int dim, float scale, sbyte* codes, nint i)
    {
        for (; i < dim; i++)
            codes[i] = (sbyte)Math.Clamp(MathF.Round(values[i] / scale), -127, 127);
    }
}
