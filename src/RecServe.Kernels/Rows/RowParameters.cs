namespace RecServe.Kernels;

/// <summary>Scale and bias of one row, as they will be stored.</summary>
/// <param name="Scale">Size of a step, rounded as stored.</param>
/// <param name="StoredScale">The scale as a 16-bit float, for the precisions that store one.</param>
/// <param name="Bias">What code 0 stands for, rounded as stored.</param>
/// <param name="Inverse">What (number - bias) is multiplied with to give a code.</param>
/// <param name="Top">Largest code.</param>
internal readonly record struct RowParameters(float Scale, Half StoredScale, float Bias, float Inverse, int Top)
{
    // FBGEMM's kEpsilon: keeps the inverse of a constant row finite.
    private const float Epsilon = 1e-8f;

    /// <summary>Chooses them for a row by its precision's published formula, or says which number makes that impossible.</summary>
    public static RowEncodeStatus Choose(RowPrecision precision, RowExtent extent, ReadOnlySpan<float> values, out RowParameters parameters)
    {
        parameters = default;
        if (!extent.IsFinite)
            return new RowEncodeStatus(RowFault.NotFinite, FirstNotFinite(values));
        bool fits;
        float culprit;
        switch (precision)
        {
            case RowPrecision.Fp32:
                return RowEncodeStatus.Stored;
            case RowPrecision.Fp16:
                fits = Half.IsFinite((Half)extent.MaxMagnitude);
                culprit = MathF.Abs(extent.Min) == extent.MaxMagnitude ? extent.Min : extent.Max;
                break;
            case RowPrecision.Int8:
                fits = Int8(extent, out parameters);
                culprit = extent.Max;
                break;
            case RowPrecision.Int8Compact:
                fits = Symmetric(extent.MaxMagnitude, out parameters);
                culprit = MathF.Abs(extent.Min) == extent.MaxMagnitude ? extent.Min : extent.Max;
                break;
            default:
                fits = Packed(extent.Min, extent.Max, precision == RowPrecision.Int4 ? 15 : 3, out parameters);
                culprit = Half.IsFinite((Half)extent.Min) ? extent.Max : extent.Min;
                break;
        }

        return fits ? RowEncodeStatus.Stored : new RowEncodeStatus(RowFault.OutOfRange, values.IndexOf(culprit));
    }

    /// <summary>FBGEMM fused N-bit rowwise: the bias is rounded first and the range taken from it, so that the codes make up for the rounding.</summary>
    public static bool Packed(float min, float max, int top, out RowParameters parameters)
    {
        Half bias16 = (Half)min;
        float bias = (float)bias16;
        float range = max - bias;
        Half scale16 = (Half)(range == 0 ? 1f : range / top);
        float scale = (float)scale16;
        if (scale == 0 || float.IsInfinity(1 / scale))
        {
            scale = 1;
            scale16 = (Half)1f;
        }

        parameters = new RowParameters(scale, scale16, bias, 1 / scale, top);
        return Half.IsFinite(bias16) && Half.IsFinite(scale16);
    }

    /// <summary>FBGEMM fused 8-bit rowwise.</summary>
    private static bool Int8(RowExtent extent, out RowParameters parameters)
    {
        float range = extent.Max - extent.Min;
        parameters = new RowParameters(range / 255f, default, extent.Min, 255f / (range + Epsilon), 255);
        return float.IsFinite(range);
    }

    /// <summary>scale = max|x| / 127, rounded to 16 bits; a row of zeros, or of numbers below what such a scale can tell apart, decodes to zeros.</summary>
    private static bool Symmetric(float magnitude, out RowParameters parameters)
    {
        Half scale16 = (Half)(magnitude / 127f);

        // Any divisor but 0 gives code 0 for a row of zeros; infinity gives it for every number.
        float divisor = scale16 == (Half)0f ? float.PositiveInfinity : (float)scale16;
        parameters = new RowParameters(divisor, scale16, 0, 1 / divisor, 127);
        return Half.IsFinite(scale16);
    }

    private static int FirstNotFinite(ReadOnlySpan<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                return i;
        }

        return -1;
    }
}
