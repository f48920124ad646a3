namespace RecServe.Kernels;

/// <summary>The reference: plain loops, present on every machine.</summary>
internal sealed class ScalarGemmKernel : GemmKernel
{
    public override string Name => "scalar";

    public override bool IsSupported => true;

    public override int PanelWidth => 8;

    public override int NarrowWidth => 4;

    public override int MaxRows => 4;

    public override int RowsOf(int left) => Math.Min(left, MaxRows);

    public override unsafe void Tile(int rows, int width, nint k, float* a, nint aRow, nint aStep, float* b, nint bStep, float* c, nint cStride,
        float* bias, TileEnds ends)
    {
        bool load = (ends & TileEnds.Load) != 0, relu = (ends & TileEnds.Relu) != 0;
        for (int r = 0; r < rows; r++, c += cStride)
        {
            for (int j = 0; j < width; j++)
            {
                float sum = bias == null ? 0 : bias[j];
                if (load)
                    sum += c[j];
                for (nint p = 0; p < k; p++)
                    sum += a[r * aRow + p * aStep] * b[p * bStep + j];
                c[j] = relu ? MathF.Max(0, sum) : sum;
            }
        }
    }

    public override unsafe float Dot(float* a, float* b, nint n)
    {
        float sum = 0;
        for (nint i = 0; i < n; i++)
            sum += a[i] * b[i];
        return sum;
    }
}
