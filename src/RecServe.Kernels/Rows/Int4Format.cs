using System.Runtime.Intrinsics;

namespace RecServe.Kernels;

/// <summary><see cref="RowPrecision.Int4"/>: ⌈D/2⌉ bytes, low nibble first | half scale | half bias. Source: pytorch/FBGEMM, src/QuantUtils.cc.</summary>
internal readonly struct Int4Format : IRowFormat
{
    public static bool IsScaled => true;

    public static int RowBytes(int dim) => (dim + 1) / 2 + 4;

    public static unsafe float Scale(byte* row, int dim) => Codes.FromHalf(row + (dim + 1) / 2);

    public static unsafe float Bias(byte* row, int dim) => Codes.FromHalf(row + (dim + 1) / 2 + 2);

    public static unsafe float Code(byte* row, nint i) => (row[i >> 1] >> (int)((i & 1) * 4)) & 15;

    public static unsafe Vector256<float> Code256(byte* row, nint i) =>
        Codes.FromBytes256(Codes.SpreadNibbles(*(uint*)(row + (i >> 1))).AsUInt64().ToScalar());

    public static unsafe Vector512<float> Code512(byte* row, nint i) => Codes.FromBytes512(Codes.SpreadNibbles(*(ulong*)(row + (i >> 1))));
}
