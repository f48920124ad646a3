using System.Runtime.Intrinsics;

namespace RecServe.Kernels;

/// <summary>
/// The byte layout of one precision: a number is <c>code · scale + bias</c>. Implemented by empty structs, so that a loop is compiled once
/// per format with everything inlined. Wide loads start at multiples of their lanes and stay inside the codes.
/// </summary>
internal unsafe interface IRowFormat
{
    /// <summary>Whether codes are to be scaled; otherwise the code is the number.</summary>
    static abstract bool IsScaled { get; }

    /// <summary>Bytes of a row of <paramref name="dim"/> numbers.</summary>
    static abstract int RowBytes(int dim);

    /// <summary>Scale of a row.</summary>
    static abstract float Scale(byte* row, int dim);

    /// <summary>Bias of a row.</summary>
    static abstract float Bias(byte* row, int dim);

    /// <summary>Code <paramref name="i"/>.</summary>
    static abstract float Code(byte* row, nint i);

    /// <summary>Codes i … i + 7; i is a multiple of 8.</summary>
    static abstract Vector256<float> Code256(byte* row, nint i);

    /// <summary>Codes i … i + 15; i is a multiple of 16.</summary>
    static abstract Vector512<float> Code512(byte* row, nint i);
}
