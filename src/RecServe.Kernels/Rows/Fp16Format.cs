using System.Runtime.Intrinsics;

namespace RecServe.Kernels;

/// <summary><see cref="RowPrecision.Fp16"/>: D little-endian 16-bit floats. .NET shows no F16C class, so the widening is integer work.</summary>
internal readonly struct Fp16Format : IRowFormat
{
    public static bool IsScaled => false;

    public static int RowBytes(int dim) => 2 * dim;

    public static unsafe float Scale(byte* row, int dim) => 1;

    public static unsafe float Bias(byte* row, int dim) => 0;

    public static unsafe float Code(byte* row, nint i) => Codes.FromHalf(row + 2 * i);

    public static unsafe Vector256<float> Code256(byte* row, nint i) => Codes.FromHalves256(Vector128.Load((ushort*)row + i));

    public static unsafe Vector512<float> Code512(byte* row, nint i) => Codes.FromHalves512(Vector256.Load((ushort*)row + i));
}
