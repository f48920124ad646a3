namespace RecServe.Kernels;

/// <summary>Single-precision matrix products. Single-threaded: callers split the rows.</summary>
public static class Gemm
{
    /// <summary>Y = activation(X·Wᵀ + bias), or with <paramref name="accumulate"/> Y = activation(Y + X·Wᵀ + bias).</summary>
    /// <param name="x">[rows, w.Inputs], rows <paramref name="xStride"/> floats apart.</param>
    /// <param name="xStride">Floats from one row of x to the next.</param>
    /// <param name="rows">Rows of x and y.</param>
    /// <param name="w">Packed weights.</param>
    /// <param name="bias">w.Outputs floats, or empty for none.</param>
    /// <param name="activation">Applied last.</param>
    /// <param name="y">[rows, w.Outputs], rows <paramref name="yStride"/> floats apart.</param>
    /// <param name="yStride">Floats from one row of y to the next.</param>
    /// <param name="accumulate">Whether y's content is added to.</param>
    public static void Linear(ReadOnlySpan<float> x, int xStride, int rows, PackedMatrix w, ReadOnlySpan<float> bias,
        Activation activation, Span<float> y, int yStride, bool accumulate = false)
    {
        for (int r = 0; r < rows; r++)
        {
            for (int o = 0; o < w.Outputs; o++)
            {
                float sum = bias.IsEmpty ? 0 : bias[o];
                for (int i = 0; i < w.Inputs; i++)
                    sum += x[r * xStride + i] * w.Panels[o * w.Inputs + i];
                if (accumulate)
                    sum += y[r * yStride + o];
                y[r * yStride + o] = activation == Activation.Relu ? MathF.Max(0, sum) : sum;
            }
        }
    }

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
    /// <param name="c">C.</param>
    /// <param name="cStride">Floats from one row of C to the next.</param>
    /// <param name="accumulate">Whether C's content is added to.</param>
    public static void Multiply(bool transposeA, bool transposeB, int m, int n, int k, ReadOnlySpan<float> a, int aStride,
        ReadOnlySpan<float> b, int bStride, Span<float> c, int cStride, bool accumulate = false)
    {
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                float sum = accumulate ? c[i * cStride + j] : 0;
                for (int p = 0; p < k; p++)
                    sum += (transposeA ? a[p * aStride + i] : a[i * aStride + p]) * (transposeB ? b[j * bStride + p] : b[p * bStride + j]);
                c[i * cStride + j] = sum;
            }
        }
    }
}
