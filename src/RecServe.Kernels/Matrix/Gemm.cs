namespace RecServe.Kernels;

/// <summary>
/// Single-precision matrix products. Single-threaded: callers split the rows. A row's result is the same to the bit however the rows
/// are split between calls: the order of its sums depends on k, on whether there is one output or more, and on the kernel alone.
/// </summary>
public static partial class Gemm
{
    /// <summary>
    /// Y = activation(X·Wᵀ + bias), or with <paramref name="accumulate"/> Y = activation(Y + X·Wᵀ + bias). The sums start at the bias
    /// (and Y) and add the products in ascending order of the input, except with one output, where the bias is added last.
    /// </summary>
    /// <param name="x">[rows, w.Inputs], rows <paramref name="xStride"/> floats apart.</param>
    /// <param name="xStride">Floats from one row of x to the next.</param>
    /// <param name="rows">Rows of x and y.</param>
    /// <param name="w">Packed weights.</param>
    /// <param name="bias">w.Outputs floats, or empty for none.</param>
    /// <param name="activation">Applied last.</param>
    /// <param name="y">[rows, w.Outputs], rows <paramref name="yStride"/> floats apart; its elements must not be those of x or the bias.</param>
    /// <param name="yStride">Floats from one row of y to the next.</param>
    /// <param name="accumulate">Whether y's content is added to.</param>
    /// <exception cref="ArgumentException">A span is shorter than the sizes say.</exception>
    public static void Linear(ReadOnlySpan<float> x, int xStride, int rows, PackedMatrix w, ReadOnlySpan<float> bias,
        Activation activation, Span<float> y, int yStride, bool accumulate = false) =>
        Linear(x, xStride, rows, new PackedPanels(w.Panels, w.Outputs, w.Inputs, w.Kernel), bias, activation, y, yStride, accumulate);

    /// <summary>As the other, with weights packed in the caller's memory.</summary>
    /// <param name="x">[rows, w.Inputs], rows <paramref name="xStride"/> floats apart.</param>
    /// <param name="xStride">Floats from one row of x to the next.</param>
    /// <param name="rows">Rows of x and y.</param>
    /// <param name="w">Packed weights.</param>
    /// <param name="bias">w.Outputs floats, or empty for none.</param>
    /// <param name="activation">Applied last.</param>
    /// <param name="y">[rows, w.Outputs], rows <paramref name="yStride"/> floats apart; its elements must not be those of x, the bias or the weights.</param>
    /// <param name="yStride">Floats from one row of y to the next.</param>
    /// <param name="accumulate">Whether y's content is added to.</param>
    /// <exception cref="ArgumentException">A span is shorter than the sizes say.</exception>
    public static unsafe void Linear(ReadOnlySpan<float> x, int xStride, int rows, PackedPanels w, ReadOnlySpan<float> bias,
        Activation activation, Span<float> y, int yStride, bool accumulate = false)
    {
        MatrixBounds.Check(x.Length, rows, w.Inputs, xStride, nameof(x));
        MatrixBounds.Check(y.Length, rows, w.Outputs, yStride, nameof(y));
        if (!bias.IsEmpty)
            MatrixBounds.CheckVector(bias.Length, w.Outputs, nameof(bias));
        if (rows == 0 || w.Outputs == 0)
            return;

        TileEnds first = accumulate ? TileEnds.Load : TileEnds.None, last = activation == Activation.Relu ? TileEnds.Relu : TileEnds.None;
        fixed (float* xs = x, panels = w.Panels, biases = bias, ys = y)
        {
            if (w.Outputs == 1)
            {
                DotRows(w.Kernel, xs, xStride, rows, panels, w.Inputs, biases, ys, yStride, first | last);
                return;
            }

            int depth = GemmBlocking.Depth(w.Inputs), columns = GemmBlocking.Columns(w.Kernel, w.Outputs, depth), p = 0;
            do
            {
                int run = Math.Min(depth, w.Inputs - p);
                TileEnds ends = (p == 0 ? first : TileEnds.Load) | (p + run == w.Inputs ? last : TileEnds.None);
                for (int j = 0; j < w.Outputs; j += columns)
                {
                    var block = new GemmBlock(w.Kernel, panels + (nint)j * w.Inputs, w.Inputs, p, run, Math.Min(columns, w.Outputs - j),
                        biases == null || p > 0 ? null : biases + j, ends);
                    block.Rows(false, xs + p, xStride, rows, ys + j, yStride);
                }

                p += run;
            }
            while (p < w.Inputs);
        }
    }

    /// <summary>
    /// What a product with <paramref name="rows"/> rows costs, in rows of a full tile: rows are done in tiles of falling height, and a tile of
    /// fewer than four rows takes as long as one of four, for its sums wait for one another (a multiply-add takes four cycles).
    /// </summary>
    /// <param name="rows">Rows of the product, at least 0.</param>
    public static int TiledRows(int rows)
    {
        GemmKernel kernel = KernelSelection.Current;
        int cost = rows / kernel.MaxRows * kernel.MaxRows, left = rows % kernel.MaxRows;
        for (int tile; left > 0; left -= tile)
        {
            tile = kernel.RowsOf(left);
            cost += Math.Max(Math.Min(4, kernel.MaxRows), tile);
        }

        return cost;
    }

    private static unsafe void DotRows(GemmKernel kernel, float* x, nint xStride, int rows, float* w, int k, float* bias, float* y,
        nint yStride, TileEnds ends)
    {
        for (int r = 0; r < rows; r++, x += xStride, y += yStride)
        {
            float sum = kernel.Dot(x, w, k);
            if (bias != null)
                sum += *bias;
            if ((ends & TileEnds.Load) != 0)
                sum += *y;
            *y = (ends & TileEnds.Relu) != 0 ? MathF.Max(0, sum) : sum;
        }
    }
}
