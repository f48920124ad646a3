namespace RecServe.Kernels;

public static unsafe partial class RowCodec
{
    // Greedy range search as in "Post-Training 4-bit Quantization on Embedding Tables" (Guan et al., 2019): 200 steps, down to 16 % of the range.
    private const int SearchSteps = 200;
    private const float SmallestRange = 0.16f;

    /// <summary>
    /// Encodes an int4 or int2 row into the range that loses least: starting from the row's own, the end whose step inwards costs less is
    /// moved, and the best range met is kept. About 170 encodings a row: for writing packages, not for updates.
    /// Squared error on Gaussian rows falls to about 0.8 (int4) and 0.5 to 0.7 (int2) of the plain encoding's; it never rises.
    /// </summary>
    /// <param name="precision"><see cref="RowPrecision.Int4"/> or <see cref="RowPrecision.Int2"/>; wider codes gain nothing and are refused.</param>
    /// <param name="values">The row; refused as in <see cref="Encode(RowPrecision, ReadOnlySpan{float}, Span{byte})"/>.</param>
    /// <param name="row">Receives <see cref="RowBytes"/> bytes; undefined when the status is not Ok.</param>
    public static RowEncodeStatus EncodeSearched(RowPrecision precision, ReadOnlySpan<float> values, Span<byte> row)
    {
        if (precision is not (RowPrecision.Int4 or RowPrecision.Int2))
            throw new ArgumentOutOfRangeException(nameof(precision), precision, "the range search is for Int4 and Int2");
        CheckLength(precision, row, values.Length);
        fixed (float* x = values)
        fixed (byte* target = row)
        {
            int dim = values.Length;
            RowExtent extent = RowKernel.Current.Measure(x, dim);
            RowEncodeStatus status = RowParameters.Choose(precision, extent, values, out RowParameters parameters);
            if (status.Ok)
                QuantizePacked(RowKernel.Current, precision, x, dim, SearchRange(values, extent, parameters), target);
            return status;
        }
    }

    private static RowParameters SearchRange(ReadOnlySpan<float> values, RowExtent extent, RowParameters whole)
    {
        float low = extent.Min, high = extent.Max, step = (high - low) / SearchSteps;
        RowParameters best = whole;
        float least = SquaredError(values, whole);
        for (int moves = 0; moves < (int)(SearchSteps * (1 - SmallestRange)); moves++)
        {
            RowParameters.Packed(low + step, high, whole.Top, out RowParameters raised);
            RowParameters.Packed(low, high - step, whole.Top, out RowParameters lowered);
            float errorRaised = SquaredError(values, raised), errorLowered = SquaredError(values, lowered);
            bool raise = errorRaised < errorLowered;
            if (raise)
                low += step;
            else
                high -= step;
            if (MathF.Min(errorRaised, errorLowered) < least)
                (least, best) = raise ? (errorRaised, raised) : (errorLowered, lowered);
        }

        return best;
    }

    private static float SquaredError(ReadOnlySpan<float> values, in RowParameters parameters)
    {
        float sum = 0;
        foreach (float value in values)
        {
            float code = Math.Clamp(MathF.Round((value - parameters.Bias) * parameters.Inverse), 0, parameters.Top);
            float error = MathF.FusedMultiplyAdd(code, parameters.Scale, parameters.Bias) - value;
            sum += error * error;
        }

        return sum;
    }
}
