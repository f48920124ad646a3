using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RecServe.Kernels;

/// <summary>Copies of A and B in the order in which the tiles read them.</summary>
internal static class PanelPacking
{
    /// <summary>Columns of the packed form of n columns: whole panels, then one narrow or whole panel padded with zeros.</summary>
    public static int PaddedColumns(GemmKernel kernel, int n) => (n + kernel.NarrowWidth - 1) / kernel.NarrowWidth * kernel.NarrowWidth;

    /// <summary>Width of the tile that covers <paramref name="left"/> columns or the first of them.</summary>
    public static int Width(GemmKernel kernel, int left) => left <= kernel.NarrowWidth ? kernel.NarrowWidth : kernel.PanelWidth;

    /// <summary>Packs rows [p0, p0 + depth) and columns [j0, j0 + columns) of B into panels, each row by row.</summary>
    public static unsafe void PackB(GemmKernel kernel, bool transposed, float* b, nint bStride, int p0, int depth, int j0, int columns,
        float* panels)
    {
        for (int j = 0; j < columns; j += kernel.PanelWidth)
        {
            int width = Width(kernel, columns - j), used = Math.Min(width, columns - j);
            if (transposed)
                TransposeInto(b + (j0 + j) * bStride + p0, bStride, used, depth, panels, width);
            else
                CopyInto(b + p0 * bStride + j0 + j, bStride, used, depth, panels, width);
            panels += (nint)width * depth;
        }
    }

    /// <summary>Packs <paramref name="rows"/> rows of A and <paramref name="depth"/> of its columns, column by column.</summary>
    public static unsafe void PackA(bool transposed, float* a, nint aStride, int rows, int depth, float* packed)
    {
        if (transposed)
            CopyInto(a, aStride, rows, depth, packed, rows);
        else
            TransposeInto(a, aStride, rows, depth, packed, rows);
    }

    // target[p·width + j] = source[p·stride + j] for j < used, 0 above. Vectors here, for a call of memmove for each 12 floats takes as
    // long as the 12 × 100 products that the narrow layers make of them.
    private static unsafe void CopyInto(float* source, nint stride, int used, int depth, float* target, int width)
    {
        for (int p = 0; p < depth; p++, source += stride, target += width)
        {
            int j = 0;
            for (; j <= used - 8; j += 8)
                Vector256.Load(source + j).Store(target + j);
            for (; j <= used - 4; j += 4)
                Vector128.Load(source + j).Store(target + j);
            for (; j < used; j++)
                target[j] = source[j];
            for (; j < width; j++)
                target[j] = 0;
        }
    }

    // target[p·width + j] = source[j·stride + p] for j < used, 0 above.
    private static unsafe void TransposeInto(float* source, nint stride, int used, int depth, float* target, int width)
    {
        int j = 0;
        if (Sse.IsSupported)
        {
            for (; j <= used - 4; j += 4)
                TransposeFour(source + j * stride, stride, depth, target + j, width);
        }

        for (; j < used; j++)
        {
            float* from = source + j * stride, to = target + j;
            for (int p = 0; p < depth; p++, to += width)
                *to = from[p];
        }

        for (; j < width; j++)
        {
            float* to = target + j;
            for (int p = 0; p < depth; p++, to += width)
                *to = 0;
        }
    }

    // Four rows at a time in 4 × 4 blocks: element by element, packing 12 rows costs a tenth of the product itself at n = 400.
    private static unsafe void TransposeFour(float* source, nint stride, int depth, float* target, nint width)
    {
        float* r0 = source, r1 = r0 + stride, r2 = r1 + stride, r3 = r2 + stride;
        int p = 0;
        for (; p <= depth - 4; p += 4, target += 4 * width)
        {
            Vector128<float> a = Vector128.Load(r0 + p), b = Vector128.Load(r1 + p), c = Vector128.Load(r2 + p), d = Vector128.Load(r3 + p);
            Vector128<float> abLow = Sse.UnpackLow(a, b), abHigh = Sse.UnpackHigh(a, b);
            Vector128<float> cdLow = Sse.UnpackLow(c, d), cdHigh = Sse.UnpackHigh(c, d);
            Sse.MoveLowToHigh(abLow, cdLow).Store(target);
            Sse.MoveHighToLow(cdLow, abLow).Store(target + width);
            Sse.MoveLowToHigh(abHigh, cdHigh).Store(target + 2 * width);
            Sse.MoveHighToLow(cdHigh, abHigh).Store(target + 3 * width);
        }

        for (; p < depth; p++, target += width)
        {
            target[0] = r0[p];
            target[1] = r1[p];
            target[2] = r2[p];
            target[3] = r3[p];
        }
    }
}
