using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RecServe.Kernels;

/// <summary>
/// 256-bit tiles of 6 rows × 16 columns: 12 sums, two vectors of B and one broadcast of A fill the 16 registers.
/// </summary>
internal sealed class Vector256GemmKernel : GemmKernel
{
    private const int Lanes = 8;

    public override string Name => "vector256";

    public override bool IsSupported => Vector256.IsHardwareAccelerated;

    public override int PanelWidth => 2 * Lanes;

    public override int NarrowWidth => Lanes;

    public override int MaxRows => 6;

    public override int RowsOf(int left) => left switch { >= 6 => 6, >= 4 => 4, >= 2 => 2, _ => 1 };

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
        Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
        nint i = 0;
        for (; i <= n - 4 * Lanes; i += 4 * Lanes)
        {
            s0 = Vector256.FusedMultiplyAdd(Vector256.Load(a + i), Vector256.Load(b + i), s0);
            s1 = Vector256.FusedMultiplyAdd(Vector256.Load(a + i + Lanes), Vector256.Load(b + i + Lanes), s1);
            s2 = Vector256.FusedMultiplyAdd(Vector256.Load(a + i + 2 * Lanes), Vector256.Load(b + i + 2 * Lanes), s2);
            s3 = Vector256.FusedMultiplyAdd(Vector256.Load(a + i + 3 * Lanes), Vector256.Load(b + i + 3 * Lanes), s3);
        }

        for (; i <= n - Lanes; i += Lanes)
            s0 = Vector256.FusedMultiplyAdd(Vector256.Load(a + i), Vector256.Load(b + i), s0);
        float sum = Vector256.Sum(s0 + s1 + (s2 + s3));
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
        Vector256<float> x = default, y = default;
        if (bias != null)
        {
            x = Vector256.Load(bias);
            if (TVectors.Value > 1)
                y = Vector256.Load(bias + Lanes);
        }

        Vector256<float> x0 = x, y0 = y;
        Vector256<float> x1 = x, y1 = y;
        Vector256<float> x2 = x, y2 = y;
        Vector256<float> x3 = x, y3 = y;
        Vector256<float> x4 = x, y4 = y;
        Vector256<float> x5 = x, y5 = y;
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

        }

        // Two pointers and three distances reach six rows by x64's addressing alone.
        nint twoRows = 2 * aRow, threeRows = 3 * aRow;
        float* a4 = a + 4 * aRow;
        for (nint p = 0; p < k; p++)
        {
            x = Vector256.Load(b);
            if (TVectors.Value > 1)
                y = Vector256.Load(b + Lanes);
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

            a += aStep;
            if (TRows.Value > 4)
                a4 += aStep;
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
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Multiply<TVectors>(float a, Vector256<float> x, Vector256<float> y, ref Vector256<float> sumX, ref Vector256<float> sumY)
        where TVectors : struct, ITileSize
    {
        Vector256<float> broadcast = Vector256.Create(a);
        sumX = Vector256.FusedMultiplyAdd(broadcast, x, sumX);
        if (TVectors.Value > 1)
            sumY = Vector256.FusedMultiplyAdd(broadcast, y, sumY);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void AddRow<TVectors>(float* c, ref Vector256<float> x, ref Vector256<float> y)
        where TVectors : struct, ITileSize
    {
        x += Vector256.Load(c);
        if (TVectors.Value > 1)
            y += Vector256.Load(c + Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void StoreRow<TVectors>(float* c, Vector256<float> x, Vector256<float> y, bool relu)
        where TVectors : struct, ITileSize
    {
        if (relu)
        {
            x = Vector256.Max(x, Vector256<float>.Zero);
            y = Vector256.Max(y, Vector256<float>.Zero);
        }

        x.Store(c);
        if (TVectors.Value > 1)
            y.Store(c + Lanes);
    }
}
