using System.Runtime.CompilerServices;

namespace RecServe.Kernels;

public static unsafe partial class RowCodec
{
    /// <summary>Encodes a row, each number to the nearest code (ties to even).</summary>
    /// <param name="precision">How to store it.</param>
    /// <param name="values">The row; NaN, infinities and numbers too large for the precision are refused with their position.</param>
    /// <param name="row">Receives <see cref="RowBytes"/> bytes; undefined when the status is not Ok.</param>
    public static RowEncodeStatus Encode(RowPrecision precision, ReadOnlySpan<float> values, Span<byte> row) =>
        Encode(RowKernel.Current, precision, values, row);

    internal static RowEncodeStatus Encode(RowKernel kernel, RowPrecision precision, ReadOnlySpan<float> values, Span<byte> row)
    {
        CheckLength(precision, row, values.Length);
        fixed (float* x = values)
        fixed (byte* target = row)
        {
            int dim = values.Length;
            RowExtent extent = kernel.Measure(x, dim);
            RowEncodeStatus status = RowParameters.Choose(precision, extent, values, out RowParameters parameters);
            if (!status.Ok)
                return status;
            switch (precision)
            {
                case RowPrecision.Fp32:
                    values.CopyTo(new Span<float>(target, dim));
                    break;
                case RowPrecision.Fp16:
                    for (int i = 0; i < dim; i++)
                        ((Half*)target)[i] = (Half)x[i];
                    break;
                case RowPrecision.Int8Compact:
                    kernel.QuantizeSymmetric(x, dim, parameters.Scale, (sbyte*)target);
                    *(Half*)(target + dim) = parameters.StoredScale;
                    break;
                case RowPrecision.Int8:
                    kernel.QuantizeAffine(x, dim, parameters.Bias, parameters.Inverse, 255, target);
                    WriteFloats(target + dim, parameters);
                    break;
                default:
                    QuantizePacked(kernel, precision, x, dim, parameters, target);
                    break;
            }

            return status;
        }
    }

    [SkipLocalsInit]
    private static void QuantizePacked(RowKernel kernel, RowPrecision precision, float* x, int dim, in RowParameters parameters, byte* target)
    {
        byte* codes = stackalloc byte[dim];
        kernel.QuantizeAffine(x, dim, parameters.Bias, parameters.Inverse, parameters.Top, codes);
        WriteHalves(Pack(precision, codes, dim, target), parameters);
    }

    /// <summary>Packs codes, the first into the lowest bits; gives the address after them.</summary>
    private static byte* Pack(RowPrecision precision, byte* codes, int dim, byte* target)
    {
        int bits = precision == RowPrecision.Int4 ? 4 : 2, perByte = 8 / bits;
        for (int first = 0; first < dim; first += perByte)
        {
            int packed = 0, last = Math.Min(first + perByte, dim);
            for (int i = first; i < last; i++)
                packed |= codes[i] << ((i - first) * bits);
            *target++ = (byte)packed;
        }

        return target;
    }

    private static void WriteFloats(byte* target, in RowParameters parameters)
    {
        ((float*)target)[0] = parameters.Scale;
        ((float*)target)[1] = parameters.Bias;
    }

    private static void WriteHalves(byte* target, in RowParameters parameters)
    {
        ((Half*)target)[0] = parameters.StoredScale;
        ((Half*)target)[1] = (Half)parameters.Bias;
    }
}
