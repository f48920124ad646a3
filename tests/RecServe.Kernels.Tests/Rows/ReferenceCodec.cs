using System.Buffers.Binary;

namespace RecServe.Kernels.Tests;

/// <summary>The formats once more, in double precision and with bit arithmetic of its own, to compare with.</summary>
internal static class ReferenceCodec
{
    public static double Decode(RowPrecision precision, byte[] row, int dim, int i)
    {
        int end = row.Length;
        return precision switch
        {
            RowPrecision.Fp32 => BinaryPrimitives.ReadSingleLittleEndian(row.AsSpan(4 * i)),
            RowPrecision.Fp16 => (double)BinaryPrimitives.ReadHalfLittleEndian(row.AsSpan(2 * i)),
            RowPrecision.Int8 => row[i] * (double)BinaryPrimitives.ReadSingleLittleEndian(row.AsSpan(end - 8))
                + BinaryPrimitives.ReadSingleLittleEndian(row.AsSpan(end - 4)),
            RowPrecision.Int8Compact => (row[i] < 128 ? row[i] : row[i] - 256) * (double)BinaryPrimitives.ReadHalfLittleEndian(row.AsSpan(end - 2)),
            _ => Bits(precision == RowPrecision.Int4 ? 4 : 2, row, i) * (double)BinaryPrimitives.ReadHalfLittleEndian(row.AsSpan(end - 4))
                + (double)BinaryPrimitives.ReadHalfLittleEndian(row.AsSpan(end - 2)),
        };
    }

    /// <summary>Largest distance between a number of the row and what it decodes to: half a step, and what rounding scale and bias adds.</summary>
    public static double Tolerance(RowPrecision precision, ReadOnlySpan<float> values)
    {
        double min = double.MaxValue, max = double.MinValue;
        foreach (float value in values)
            (min, max) = (Math.Min(min, value), Math.Max(max, value));
        double magnitude = Math.Max(Math.Abs(min), Math.Abs(max)), range = max - min;
        const double half = 1.0 / 2048, tiny = 6e-8;
        return precision switch
        {
            RowPrecision.Fp32 => 0,
            RowPrecision.Fp16 => magnitude * half + tiny,

            // Below a range of about 1e-5 the format's own epsilon (1e-8) shifts codes: up to 1e-8 of the range's unit.
            RowPrecision.Int8 => range / 255 * 0.5001 + 2e-8 + magnitude * 1e-6,
            RowPrecision.Int8Compact => (magnitude / 127) * 0.5 + magnitude * half + 127 * tiny,
            RowPrecision.Int4 => Packed(range, magnitude, 15),
            _ => Packed(range, magnitude, 3),
        };

        static double Packed(double range, double magnitude, int top) =>
            range / top * 0.5 + (magnitude + range) * 2 * half + top * tiny;
    }

    private static int Bits(int bits, byte[] row, int i)
    {
        int code = 0;
        for (int b = 0; b < bits; b++)
        {
            int position = i * bits + b;
            code |= ((row[position / 8] >> (position % 8)) & 1) << b;
        }

        return code;
    }
}
