using System.Runtime.Intrinsics;

namespace RecServe.Kernels;

/// <summary><see cref="RowPrecision.Int2"/>: ⌈D/4⌉ bytes, lowest bits first | half scale | half bias. Source: pytorch/FBGEMM, src/QuantUtils.cc.</summary>
internal readonly struct Int2Format : IRowFormat
{
    public static bool IsScaled => true;

    public static int RowBytes(int dim) => (dim + 3) / 4 + 4;

    public static unsafe float Scale(byte* row, int dim) => Codes.FromHalf(row + (dim + 3) / 4);

    public static unsafe float Bias(byte* row, int dim) => Codes.FromHalf(row + (dim + 3) / 4 + 2);

    public static unsafe float Code(byte* row, nint i) => (row[i >> 2] >> (int)((i & 3) * 2)) & 3;

    public static unsafe Vector256<float> Code256(byte* row, nint i) =>
        Codes.FromBytes256(Codes.SpreadCrumbs(*(ushort*)(row + (i >> 2))).AsUInt64().ToScalar());

    public static unsafe Vector512<float> Code512(byte* row, nint i) => Codes.FromBytes512(Codes.SpreadCrumbs(*(uint*)(row + (i >> 2))));
}
