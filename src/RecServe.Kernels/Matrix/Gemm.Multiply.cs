namespace RecServe.Kernels;

public static partial class Gemm
{
    // Rows of B in one pass of a product with one row: each pass reads so many streams and loads and stores C once.
    private const int RowPass = 16;

    /// <summary>C = op(A)·op(B), or with <paramref name="accumulate"/> C += op(A)·op(B); row-major, op is the identity or the transpose.</summary>
    /// <param name="transposeA">Whether A is given as [k, m].</param>
    /// <param name="transposeB">Whether B is given as [n, k].</param>
    /// <param name="m">Rows of C.</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="k">Length of the sums.</param>
    /// <param name="a">A.</param>
    /// <param name="aStride">Floats from one stored row of A to the next.</param>
    /// <param name="b">B.</param>
    /// <param name="bStride">Floats from one stored row of B to the next.</param>
    /// <param name="c">C; must not overlap A or B.</param>
    /// <param name="cStride">Floats from one row of C to the next.</param>
    /// <param name="accumulate">Whether C's content is added to.</param>
    /// <exception cref="ArgumentException">A span is shorter than the sizes say.</exception>
    public static void Multiply(bool transposeA, bool transposeB, int m, int n, int k, ReadOnlySpan<float> a, int aStride,
        ReadOnlySpan<float> b, int bStride, Span<float> c, int cStride, bool accumulate = false) =>
        Multiply(KernelSelection.Current, transposeA, transposeB, m, n, k, a, aStride, b, bStride, c, cStride, accumulate);

    internal static unsafe void Multiply(GemmKernel kernel, bool transposeA, bool transposeB, int m, int n, int k, ReadOnlySpan<float> a,
        int aStride, ReadOnlySpan<float> b, int bStride, Span<float> c, int cStride, bool accumulate)
    {
        MatrixBounds.Check(a.Length, transposeA ? k : m, transposeA ? m : k, aStride, nameof(a));
        MatrixBounds.Check(b.Length, transposeB ? n : k, transposeB ? k : n, bStride, nameof(b));
        MatrixBounds.Check(c.Length, m, n, cStride, nameof(c));
        if (m == 0 || n == 0)
            return;

        TileEnds ends = accumulate ? TileEnds.Load : TileEnds.None;
        fixed (float* ap = a, bp = b, cp = c)
        {
            if (n == 1 && !transposeA)
                DotRows(kernel, ap, aStride, m, Column(bp, transposeB ? 1 : bStride, k), k, null, cp, cStride, ends);
            else if (n == 1)
                ColumnOfTransposed(kernel, bp, transposeB ? 1 : bStride, k, ap, aStride, m, cp, cStride, ends);
            else if (m == 1 && !transposeB)
                RowTimesMatrix(kernel, ap, transposeA ? aStride : 1, k, bp, bStride, n, cp, ends);
            else
                Blocks(kernel, transposeA, transposeB, m, n, k, ap, aStride, bp, bStride, cp, cStride, ends);
        }
    }

    private static unsafe void Blocks(GemmKernel kernel, bool transposeA, bool transposeB, int m, int n, int k, float* a, nint aStride,
        float* b, nint bStride, float* c, nint cStride, TileEnds ends)
    {
        int depth = GemmBlocking.Depth(k), columns = GemmBlocking.Columns(kernel, n, depth), p = 0;
        do
        {
            int run = Math.Min(depth, k - p);
            for (int j = 0; j < n; j += columns)
            {
                int used = Math.Min(columns, n - j);
                float* panels = GemmScratch.Panels(PanelPacking.PaddedColumns(kernel, used) * run);
                PanelPacking.PackB(kernel, transposeB, b, bStride, p, run, j, used, panels);
                var block = new GemmBlock(kernel, panels, run, 0, run, used, null, p == 0 ? ends : TileEnds.Load);
                block.Rows(transposeA, a + (transposeA ? p * aStride : p), aStride, m, c + j, cStride);
            }

            p += run;
        }
        while (p < k);
    }

    // c[0, n) = Σ a[p]·b[p, :]: B is read once, as it stands.
    private static unsafe void RowTimesMatrix(GemmKernel kernel, float* a, nint aStep, int k, float* b, nint bStride, int n, float* c,
        TileEnds ends)
    {
        int p = 0;
        do
        {
            int run = Math.Min(RowPass, k - p), whole = n - n % kernel.PanelWidth;
            for (int j = 0; j < whole; j += kernel.PanelWidth)
                kernel.Tile(1, kernel.PanelWidth, run, a + p * aStep, 0, aStep, b + p * bStride + j, bStride, c + j, 0, null, ends);
            if (whole < n)
            {
                float* panel = GemmScratch.Panels(kernel.PanelWidth * run);
                PanelPacking.PackB(kernel, false, b, bStride, p, run, whole, n - whole, panel);
                var block = new GemmBlock(kernel, panel, run, 0, run, n - whole, null, ends);
                block.Rows(true, a + p * aStep, aStep, 1, c + whole, 0);
            }

            ends = TileEnds.Load;
            p += run;
        }
        while (p < k);
    }

    // One column of C from A given as [k, m]: the product of the row bᵀ with A, turned.
    private static unsafe void ColumnOfTransposed(GemmKernel kernel, float* b, nint bStep, int k, float* a, nint aStride, int m, float* c,
        nint cStride, TileEnds ends)
    {
        const int Chunk = 512;
        float* row = stackalloc float[Chunk];
        for (int i = 0; i < m; i += Chunk)
        {
            int used = Math.Min(Chunk, m - i);
            for (int r = 0; r < used; r++)
                row[r] = c[(i + r) * cStride];
            RowTimesMatrix(kernel, b, bStep, k, a + i, aStride, used, row, ends);
            for (int r = 0; r < used; r++)
                c[(i + r) * cStride] = row[r];
        }
    }

    private static unsafe float* Column(float* b, nint bStep, int k)
    {
        if (bStep == 1)
            return b;
        float* column = GemmScratch.Panels(k);
        for (int p = 0; p < k; p++)
            column[p] = b[p * bStep];
        return column;
    }
}
