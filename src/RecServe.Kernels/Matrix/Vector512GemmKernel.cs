using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RecServe.Kernels;

/// <summary>
/// 512-bit tiles of 12 rows × 32 columns: 24 sums, two vectors of B and one broadcast of A fill the 32 registers.
/// </summary>
internal sealed class Vector512GemmKernel : GemmKernel
{
    private const int Lanes = 16;

    public override string Name => "vector512";

    public override bool IsSupported => Vector512.IsHardwareAccelerated;

    public override int PanelWidth => 2 * Lanes;

    public override int NarrowWidth => Lanes;

    public override int MaxRows => 12;

    // Ten rows are six and four: a tile of two takes as long as one of four, for its sums wait for one another.
    public override int RowsOf(int left) => left switch { >= 12 => 12, >= 10 => 6, >= 8 => 8, >= 6 => 6, >= 4 => 4, >= 2 => 2, _ => 1 };

    public override unsafe void Tile(int rows, int width, nint k, float* a, nint aRow, nint aStep, float* b, nint bStep, float* c, nint cStride,
        float* bias, TileEnds ends)
    {
        if (width == PanelWidth)
            Tile<Size2>(rows, k, a, aRow, aStep, b, bStep, c, cStride, bias, ends);
        else
            Tile<Size1>(rows, k, a, aRow, aStep, b, bStep, c, cStride, bias, ends);
    }

    public override unsafe float Dot(float* a, float* b, nint n)
    {
        // Four sums hide the latency of the multiply-add (4 cycles).
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
        nint i = 0;
        for (; i <= n - 4 * Lanes; i += 4 * Lanes)
        {
            s0 = Vector512.FusedMultiplyAdd(Vector512.Load(a + i), Vector512.Load(b + i), s0);
            s1 = Vector512.FusedMultiplyAdd(Vector512.Load(a + i + Lanes), Vector512.Load(b + i + Lanes), s1);
            s2 = Vector512.FusedMultiplyAdd(Vector512.Load(a + i + 2 * Lanes), Vector512.Load(b + i + 2 * Lanes), s2);
            s3 = Vector512.FusedMultiplyAdd(Vector512.Load(a + i + 3 * Lanes), Vector512.Load(b + i + 3 * Lanes), s3);
        }

        for (; i <= n - Lanes; i += Lanes)
            s0 = Vector512.FusedMultiplyAdd(Vector512.Load(a + i), Vector512.Load(b + i), s0);
        float sum = Vector512.Sum(s0 + s1 + (s2 + s3));
        for (; i < n; i++)
            sum = MathF.FusedMultiplyAdd(a[i], b[i], sum);
        return sum;
    }

    private static unsafe void Tile<TVectors>(int rows, nint k, float* a, nint aRow, nint aStep, float* b, nint bStep, float* c, nint cStride,
        float* bias, TileEnds ends)
        where TVectors : struct, ITileSize
    {
        switch (rows)
        {
            case 12:
                Tile<Size12, TVectors>(k, a, aRow, aStep, b, bStep, c, cStride, bias, ends);
                break;
            case 8:
                Tile<Size8, TVectors>(k, a, aRow, aStep, b, bStep, c, cStride, bias, ends);
                break;
            case 6:
                Tile<Size6, TVectors>(k, a, aRow, aStep, b, bStep, c, cStride, bias, ends);
                break;
            case 4:
                Tile<Size4, TVectors>(k, a, aRow, aStep, b, bStep, c, cStride, bias, ends);
                break;
            case 2:
                Tile<Size2, TVectors>(k, a, aRow, aStep, b, bStep, c, cStride, bias, ends);
                break;
            default:
                Tile<Size1, TVectors>(k, a, aRow, aStep, b, bStep, c, cStride, bias, ends);
                break;
        }
    }

    // The sizes are constants to the compiler: what lies above them is not compiled. Optimised from the first call on, for tiers
    // would run the first requests some fifty times slower: without inlining every vector goes through memory.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Tile<TRows, TVectors>(nint k, float* a, nint aRow, nint aStep, float* b, nint bStep, float* c, nint cStride,
        float* bias, TileEnds ends)
        where TRows : struct, ITileSize
        where TVectors : struct, ITileSize
    {
        Vector512<float> x = default, y = default;
        if (bias != null)
        {
            x = Vector512.Load(bias);
            if (TVectors.Value > 1)
                y = Vector512.Load(bias + Lanes);
        }

        Vector512<float> x0 = x, y0 = y;
        Vector512<float> x1 = x, y1 = y;
        Vector512<float> x2 = x, y2 = y;
        Vector512<float> x3 = x, y3 = y;
        Vector512<float> x4 = x, y4 = y;
        Vector512<float> x5 = x, y5 = y;
        Vector512<float> x6 = x, y6 = y;
        Vector512<float> x7 = x, y7 = y;
        Vector512<float> x8 = x, y8 = y;
        Vector512<float> x9 = x, y9 = y;
        Vector512<float> x10 = x, y10 = y;
        Vector512<float> x11 = x, y11 = y;
        if ((ends & TileEnds.Load) != 0)
        {
            float* row = c;
            AddRow<TVectors>(row, ref x0, ref y0);
            if (TRows.Value > 1)
            {
                AddRow<TVectors>(row += cStride, ref x1, ref y1);
            }

            if (TRows.Value > 2)
            {
                AddRow<TVectors>(row += cStride, ref x2, ref y2);
                AddRow<TVectors>(row += cStride, ref x3, ref y3);
            }

            if (TRows.Value > 4)
            {
                AddRow<TVectors>(row += cStride, ref x4, ref y4);
                AddRow<TVectors>(row += cStride, ref x5, ref y5);
            }

            if (TRows.Value > 6)
            {
                AddRow<TVectors>(row += cStride, ref x6, ref y6);
                AddRow<TVectors>(row += cStride, ref x7, ref y7);
            }

            if (TRows.Value > 8)
            {
                AddRow<TVectors>(row += cStride, ref x8, ref y8);
                AddRow<TVectors>(row += cStride, ref x9, ref y9);
                AddRow<TVectors>(row += cStride, ref x10, ref y10);
                AddRow<TVectors>(row += cStride, ref x11, ref y11);
            }

        }

        // Three pointers and three distances reach twelve rows by x64's addressing alone.
        nint twoRows = 2 * aRow, threeRows = 3 * aRow;
        float* a4 = a + 4 * aRow, a8 = a + 8 * aRow;
        for (nint p = 0; p < k; p++)
        {
            x = Vector512.Load(b);
            if (TVectors.Value > 1)
                y = Vector512.Load(b + Lanes);
            Multiply<TVectors>(a[0], x, y, ref x0, ref y0);
            if (TRows.Value > 1)
            {
                Multiply<TVectors>(a[aRow], x, y, ref x1, ref y1);
            }

            if (TRows.Value > 2)
            {
                Multiply<TVectors>(a[twoRows], x, y, ref x2, ref y2);
                Multiply<TVectors>(a[threeRows], x, y, ref x3, ref y3);
            }

            if (TRows.Value > 4)
            {
                Multiply<TVectors>(a4[0], x, y, ref x4, ref y4);
                Multiply<TVectors>(a4[aRow], x, y, ref x5, ref y5);
            }

            if (TRows.Value > 6)
            {
                Multiply<TVectors>(a4[twoRows], x, y, ref x6, ref y6);
                Multiply<TVectors>(a4[threeRows], x, y, ref x7, ref y7);
            }

            if (TRows.Value > 8)
            {
                Multiply<TVectors>(a8[0], x, y, ref x8, ref y8);
                Multiply<TVectors>(a8[aRow], x, y, ref x9, ref y9);
                Multiply<TVectors>(a8[twoRows], x, y, ref x10, ref y10);
                Multiply<TVectors>(a8[threeRows], x, y, ref x11, ref y11);
            }

            a += aStep;
            if (TRows.Value > 4)
                a4 += aStep;
            if (TRows.Value > 8)
                a8 += aStep;
            b += bStep;
        }

        bool relu = (ends & TileEnds.Relu) != 0;
        StoreRow<TVectors>(c, x0, y0, relu);
        if (TRows.Value > 1)
        {
            StoreRow<TVectors>(c += cStride, x1, y1, relu);
        }

        if (TRows.Value > 2)
        {
            StoreRow<TVectors>(c += cStride, x2, y2, relu);
            StoreRow<TVectors>(c += cStride, x3, y3, relu);
        }

        if (TRows.Value > 4)
        {
            StoreRow<TVectors>(c += cStride, x4, y4, relu);
            StoreRow<TVectors>(c += cStride, x5, y5, relu);
        }

        if (TRows.Value > 6)
        {
            StoreRow<TVectors>(c += cStride, x6, y6, relu);
            StoreRow<TVectors>(c += cStride, x7, y7, relu);
        }

        if (TRows.Value > 8)
        {
            StoreRow<TVectors>(c += cStride, x8, y8, relu);
            StoreRow<TVectors>(c += cStride, x9, y9, relu);
            StoreRow<TVectors>(c += cStride, x10, y10, relu);
            StoreRow<TVectors>(c += cStride, x11, y11, relu);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Multiply<TVectors>(float a, Vector512<float> x, Vector512<float> y, ref Vector512<float> sumX, ref Vector512<float> sumY)
        where TVectors : struct, ITileSize
    {
        Vector512<float> broadcast = Vector512.Create(a);
        sumX = Vector512.FusedMultiplyAdd(broadcast, x, sumX);
        if (TVectors.Value > 1)
            sumY = Vector512.FusedMultiplyAdd(broadcast, y, sumY);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void AddRow<TVectors>(float* c, ref Vector512<float> x, ref Vector512<float> y)
        where TVectors : struct, ITileSize
    {
        x += Vector512.Load(c);
        if (TVectors.Value > 1)
            y += Vector512.Load(c + Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void StoreRow<TVectors>(float* c, Vector512<float> x, Vector512<float> y, bool relu)
        where TVectors : struct, ITileSize
    {
        if (relu)
        {
            x = Vector512.Max(x, Vector512<float>.Zero);
            y = Vector512.Max(y, Vector512<float>.Zero);
        }

        x.Store(c);
        if (TVectors.Value > 1)
            y.Store(c + Lanes);
    }
}
