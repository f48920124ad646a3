using System.Runtime.Intrinsics;

namespace RecServe.Kernels;

/// <summary><see cref="RowPrecision.Int8Compact"/>: D signed bytes in -127…127 | half scale.</summary>
internal readonly struct Int8CompactFormat : IRowFormat
{
    public static bool IsScaled => true;

    public static int RowBytes(int dim) => dim + 2;

    public static unsafe float Scale(byte* row, int dim) => Codes.FromHalf(row + dim);

    public static unsafe float Bias(byte* row, int dim) => 0;

    public static unsafe float Code(byte* row, nint i) => (sbyte)row[i];

    public static unsafe Vector256<float> Code256(byte* row, nint i) => Codes.FromSignedBytes256(*(ulong*)(row + i));

    public static unsafe Vector512<float> Code512(byte* row, nint i) => Codes.FromSignedBytes512(Vector128.Load((sbyte*)row + i));
}
