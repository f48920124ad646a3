namespace RecServe.Kernels;

public static unsafe partial class RowCodec
{
    /// <summary>
    /// Encodes a row so that on average it decodes to itself: each number goes up with the probability of its distance from the code below.
    /// For training without full-precision master rows, where rounding to the nearest would lose every small step.
    /// </summary>
    /// <param name="precision">How to store it.</param>
    /// <param name="values">The row; refused as in <see cref="Encode(RowPrecision, ReadOnlySpan{float}, Span{byte})"/>.</param>
    /// <param name="row">Receives <see cref="RowBytes"/> bytes; undefined when the status is not Ok.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="counter">Number of this encoding within the run; the same seed and counter round the same way.</param>
    public static RowEncodeStatus EncodeStochastic(
        RowPrecision precision, ReadOnlySpan<float> values, Span<byte> row, ulong seed, ulong counter)
    {
        CheckLength(precision, row, values.Length);
        fixed (float* x = values)
        fixed (byte* target = row)
        {
            int dim = values.Length;
            RowEncodeStatus status = RowParameters.Choose(precision, RowKernel.Current.Measure(x, dim), values, out RowParameters parameters);
            if (!status.Ok)
                return status;
            var uniform = new CounterUniform(seed, counter);
            switch (precision)
            {
                case RowPrecision.Fp32:
                    values.CopyTo(new Span<float>(target, dim));
                    break;
                case RowPrecision.Fp16:
                    for (int i = 0; i < dim; i++)
                        ((Half*)target)[i] = RoundHalf(x[i], uniform[i]);
                    break;
                case RowPrecision.Int8Compact:
                    for (int i = 0; i < dim; i++)
                        ((sbyte*)target)[i] = (sbyte)Math.Clamp(Round(x[i] / parameters.Scale, uniform[i]), -127, 127);
                    *(Half*)(target + dim) = parameters.StoredScale;
                    break;
                case RowPrecision.Int8:
                    RoundAffine(x, dim, parameters, uniform, target);
                    WriteFloats(target + dim, parameters);
                    break;
                default:
                    byte* codes = stackalloc byte[dim];
                    RoundAffine(x, dim, parameters, uniform, codes);
                    WriteHalves(Pack(precision, codes, dim, target), parameters);
                    break;
            }

            return status;
        }
    }

    private static void RoundAffine(float* x, int dim, in RowParameters parameters, CounterUniform uniform, byte* codes)
    {
        for (int i = 0; i < dim; i++)
            codes[i] = (byte)Math.Clamp(Round((x[i] - parameters.Bias) * parameters.Inverse, uniform[i]), 0, parameters.Top);
    }

    // Not floor(value + u): that sum rounds up to the next code for u close to 1.
    private static float Round(float value, float uniform)
    {
        float below = MathF.Floor(value);
        return uniform < value - below ? below + 1 : below;
    }

    private static Half RoundHalf(float value, float uniform)
    {
        Half nearest = (Half)value;
        float rounded = (float)nearest;
        if (rounded == value)
            return nearest;
        Half low = rounded < value ? nearest : Half.BitDecrement(nearest), high = rounded < value ? Half.BitIncrement(nearest) : nearest;
        if (!Half.IsFinite(low) || !Half.IsFinite(high))
            return nearest;
        return uniform < (value - (float)low) / ((float)high - (float)low) ? high : low;
    }
}
