using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RecServe.Kernels;

/// <summary>Sums of a dense layer stored as 16-bit floats (IEEE 754 binary16), and the layer's outputs made from them.</summary>
public static class HalfUnits
{
    /// <summary>Rounds to 16-bit floats, to nearest and even.</summary>
    /// <param name="x">Sums.</param>
    /// <param name="halves">Takes as many 16-bit floats, by their bits.</param>
    /// <returns>Whether all are finite; if not, some number is beyond 65,504 and the content of <paramref name="halves"/> is of no use.</returns>
    /// <exception cref="ArgumentException"><paramref name="halves"/> is shorter than <paramref name="x"/>.</exception>
    public static bool TryEncode(ReadOnlySpan<float> x, Span<ushort> halves)
    {
        MatrixBounds.CheckVector(halves.Length, x.Length, nameof(halves));
        bool finite = true;
        for (int i = 0; i < x.Length; i++)
        {
            var half = (Half)x[i];
            finite &= Half.IsFinite(half);
            halves[i] = BitConverter.HalfToUInt16Bits(half);
        }

        return finite;
    }

    /// <summary>y = max(0, x + bias).</summary>
    /// <param name="halves">x: finite 16-bit floats by their bits.</param>
    /// <param name="bias">As many floats as y has.</param>
    /// <param name="y">The outputs.</param>
    /// <exception cref="ArgumentException">A span is shorter than <paramref name="y"/>.</exception>
    public static unsafe void AddRelu(ReadOnlySpan<ushort> halves, ReadOnlySpan<float> bias, Span<float> y)
    {
        MatrixBounds.CheckVector(halves.Length, y.Length, nameof(halves));
        MatrixBounds.CheckVector(bias.Length, y.Length, nameof(bias));
        int i = 0;
        fixed (ushort* xs = halves)
        {
            ref float bs = ref MemoryMarshal.GetReference(bias), ys = ref MemoryMarshal.GetReference(y);
            if (Vector512.IsHardwareAccelerated)
            {
                for (; i <= y.Length - 16; i += 16)
                {
                    Vector512<float> sum = Codes.FromHalves512(Vector256.Load(xs + i)) + Vector512.LoadUnsafe(ref bs, (nuint)i);
                    Vector512.Max(sum, Vector512<float>.Zero).StoreUnsafe(ref ys, (nuint)i);
                }
            }

            for (; i <= y.Length - 8; i += 8)
            {
                Vector256<float> sum = Codes.FromHalves256(Vector128.Load(xs + i)) + Vector256.LoadUnsafe(ref bs, (nuint)i);
                Vector256.Max(sum, Vector256<float>.Zero).StoreUnsafe(ref ys, (nuint)i);
            }

            for (; i < y.Length; i++)
                y[i] = MathF.Max(0, Codes.FromHalf((byte*)(xs + i)) + bias[i]);
        }
    }
}
