using System.Runtime.Intrinsics;

namespace RecServe.Kernels;

/// <summary><see cref="RowPrecision.Fp32"/>: D little-endian 32-bit floats.</summary>
internal readonly struct Fp32Format : IRowFormat
{
    public static bool IsScaled => false;

    public static int RowBytes(int dim) => 4 * dim;

    public static unsafe float Scale(byte* row, int dim) => 1;

    public static unsafe float Bias(byte* row, int dim) => 0;

    public static unsafe float Code(byte* row, nint i) => ((float*)row)[i];

    public static unsafe Vector256<float> Code256(byte* row, nint i) => Vector256.Load((float*)row + i);

    public static unsafe Vector512<float> Code512(byte* row, nint i) => Vector512.Load((float*)row + i);
}
