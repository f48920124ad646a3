namespace RecServe.Kernels;

/// <summary>
/// The inner loops of the matrix products for one instruction set. Every sum is one chain of additions in ascending order of k that
/// starts at the bias (or at what C holds), whatever the tile: a row's result does not depend on which rows are computed with it.
/// </summary>
internal abstract class GemmKernel
{
    /// <summary>What <c>RECSERVE_KERNEL</c> calls it.</summary>
    public abstract string Name { get; }

    /// <summary>Whether this machine has the instructions.</summary>
    public abstract bool IsSupported { get; }

    /// <summary>Columns of a panel: the widest tile.</summary>
    public abstract int PanelWidth { get; }

    /// <summary>Columns of the narrow tile, for the last panel where few columns are left; divides <see cref="PanelWidth"/>.</summary>
    public abstract int NarrowWidth { get; }

    /// <summary>Rows of the highest tile.</summary>
    public abstract int MaxRows { get; }

    /// <summary>Rows of the highest tile that fits <paramref name="left"/> rows (≥ 1).</summary>
    public abstract int RowsOf(int left);

    /// <summary>One tile: C = A·B, sums over k.</summary>
    /// <param name="rows">Rows of the tile: a value of <see cref="RowsOf"/>.</param>
    /// <param name="width">Columns of the tile: <see cref="PanelWidth"/> or <see cref="NarrowWidth"/>; all are read and written.</param>
    /// <param name="k">Length of the sums.</param>
    /// <param name="a">A: element (r, p) is a[r·aRow + p·aStep].</param>
    /// <param name="aRow">Floats from one row of A to the next.</param>
    /// <param name="aStep">Floats from one column of A to the next.</param>
    /// <param name="b">B, row by row: element (p, j) is b[p·bStep + j].</param>
    /// <param name="bStep">Floats from one row of B to the next.</param>
    /// <param name="c">C, row by row.</param>
    /// <param name="cStride">Floats from one row of C to the next.</param>
    /// <param name="bias">As many floats as the tile has columns, added before the sums, or null.</param>
    /// <param name="ends">What C holds before, and what is applied after.</param>
    public abstract unsafe void Tile(int rows, int width, nint k, float* a, nint aRow, nint aStep, float* b, nint bStep, float* c, nint cStride,
        float* bias, TileEnds ends);

    /// <summary>Σ a[i]·b[i]. The order of the sum depends on <paramref name="n"/> alone.</summary>
    public abstract unsafe float Dot(float* a, float* b, nint n);
}
