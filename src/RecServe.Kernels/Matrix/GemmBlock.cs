using System.Runtime.CompilerServices;

namespace RecServe.Kernels;

/// <summary>A block of packed B, small enough for L2, through which all rows of A are driven tile by tile.</summary>
/// <param name="kernel">The inner loops.</param>
/// <param name="panels">The first panel of the block.</param>
/// <param name="panelDepth">Rows of B that a panel holds; a panel begins j·panelDepth floats after the first.</param>
/// <param name="start">First row of B in this pass.</param>
/// <param name="depth">Rows of B in this pass.</param>
/// <param name="columns">Columns of the block.</param>
/// <param name="bias">As many floats as there are columns, or null.</param>
/// <param name="ends">What C holds before this pass, and what is applied after.</param>
internal readonly unsafe struct GemmBlock(GemmKernel kernel, float* panels, nint panelDepth, nint start, int depth, int columns, float* bias,
    TileEnds ends)
{
    // Rows so many floats (4 KiB) apart share one set of L1: twelve of them and what is read of B push one another out of its eight or
    // twelve ways. Other rows are read where they stand: a copy of them takes 4-6 % of a product with 256 or 512 columns.
    private const int SetStride = 1024;

    private readonly float* _panels = panels;
    private readonly float* _bias = bias;

    /// <summary>C's columns of this block for <paramref name="m"/> rows of A.</summary>
    [SkipLocalsInit]
    public void Rows(bool transposed, float* a, nint aStride, int m, float* c, nint cStride)
    {
        int width = kernel.PanelWidth;
        float* edge = stackalloc float[(kernel.MaxRows + 1) * width];
        for (int i = 0, rows; i < m; i += rows, c += rows * cStride)
        {
            rows = kernel.RowsOf(m - i);
            float* from = a + (transposed ? i : i * aStride);
            nint row = transposed ? 1 : aStride, step = transposed ? aStride : 1;
            if (rows > 1 && (transposed || aStride % SetStride == 0))
            {
                float* packed = GemmScratch.Rows(kernel.MaxRows * depth);
                PanelPacking.PackA(transposed, from, aStride, rows, depth, packed);
                from = packed;
                row = 1;
                step = rows;
            }

            int whole = columns - columns % width;
            for (int j = 0; j < whole; j += width)
                kernel.Tile(rows, width, depth, from, row, step, _panels + j * panelDepth + start * width, width, c + j, cStride,
                    _bias == null ? null : _bias + j, ends);
            if (whole < columns)
                Edge(rows, from, row, step, whole, c + whole, cStride, edge);
        }
    }

    // The last columns: a tile reads and writes whole vectors, so it works on a copy where C and the bias are narrower.
    private void Edge(int rows, float* a, nint aRow, nint aStep, int j, float* c, nint cStride, float* edge)
    {
        int used = columns - j, width = PanelPacking.Width(kernel, used);
        float* panel = _panels + j * panelDepth + start * width, bias = _bias == null ? null : _bias + j;
        if (used == width)
        {
            kernel.Tile(rows, width, depth, a, aRow, aStep, panel, width, c, cStride, bias, ends);
            return;
        }

        if (bias != null)
        {
            float* padded = edge + rows * width;
            Copy(bias, padded, used, width);
            bias = padded;
        }

        if ((ends & TileEnds.Load) != 0)
        {
            for (int r = 0; r < rows; r++)
                Copy(c + r * cStride, edge + r * width, used, width);
        }

        kernel.Tile(rows, width, depth, a, aRow, aStep, panel, width, edge, width, bias, ends);
        for (int r = 0; r < rows; r++)
            new ReadOnlySpan<float>(edge + r * width, used).CopyTo(new Span<float>(c + r * cStride, used));
    }

    private static void Copy(float* source, float* target, int used, int width)
    {
        new ReadOnlySpan<float>(source, used).CopyTo(new Span<float>(target, used));
        new Span<float>(target + used, width - used).Clear();
    }
}
