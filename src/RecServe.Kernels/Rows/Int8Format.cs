using System.Runtime.Intrinsics;

namespace RecServe.Kernels;

/// <summary><see cref="RowPrecision.Int8"/>: D bytes | float scale | float bias. Source: pytorch/FBGEMM, src/QuantUtils.cc.</summary>
internal readonly struct Int8Format : IRowFormat
{
    public static bool IsScaled => true;

    public static int RowBytes(int dim) => dim + 8;

    public static unsafe float Scale(byte* row, int dim) => *(float*)(row + dim);

    public static unsafe float Bias(byte* row, int dim) => *(float*)(row + dim + 4);

    public static unsafe float Code(byte* row, nint i) => row[i];

    public static unsafe Vector256<float> Code256(byte* row, nint i) => Codes.FromBytes256(*(ulong*)(row + i));

    public static unsafe Vector512<float> Code512(byte* row, nint i) => Codes.FromBytes512(Vector128.Load(row + i));
}
