using RecServe.Kernels;

namespace RecServe.Training.Networks;

internal sealed partial class SparseLayer
{
    /// <summary>Gradients from rows [from, to).</summary>
    /// <param name="h">What <see cref="Forward"/> read.</param>
    /// <param name="hGradient">Takes the gradient of h.</param>
    /// <param name="inputGradient">The gradient of x is added to it, where routers read x.</param>
    /// <param name="below">The layer below; null in the first.</param>
    /// <param name="dense">Where the weight gradients of the block go.</param>
    /// <param name="block">The block.</param>
    /// <param name="from">First row.</param>
    /// <param name="to">One past the last row.</param>
    public void Backward(float[] h, float[] hGradient, float[] inputGradient, SparseLayer? below, DenseGradients dense, int block, int from, int to)
    {
        int n = _shape.Experts, width = _shape.Width;
        hGradient.AsSpan(from * width, (to - from) * width).Clear();
        below?.LogitGradient.AsSpan(from * n, (to - from) * n).Clear();
        for (int r = 0; r < _routers.Length; r++)
        {
            _slopes[r].AsSpan(from * n, (to - from) * n).Clear();
            Residual(r, h, hGradient, from, to);
        }

        for (int e = 0; e < _experts.Length; e++)
            Expert(e, hGradient, dense, block, from);
        for (int r = 0; r < _routers.Length; r++)
            Router(r, h, hGradient, inputGradient, below, dense, block, from, to);
    }

    // What goes past the experts: the residual and the copies. The slopes of gates are collected on the way.
    private void Residual(int r, float[] h, float[] hGradient, int from, int to)
    {
        int n = _shape.Experts, width = _shape.Width;
        for (int row = from; row < to; row++)
        {
            ReadOnlySpan<float> gradient = OutputGradients[r].AsSpan(row * width, width);
            RowMath.AddScaled(gradient, 1 + Copied(r, row), hGradient.AsSpan(row * width, width));
            for (int e = _shape.FirstCopy; e < _shape.FirstZero; e++)
                _slopes[r][(row * n) + e] = Gate(r, row, e) == 0 ? 0 : Gemm.Dot(gradient, h.AsSpan(row * width, width));
        }
    }

    private void Expert(int e, float[] hGradient, DenseGradients dense, int block, int from)
    {
        int n = _shape.Experts, width = _shape.Width, count = _counts[e][block];
        ISparseExpert expert = _experts[e];
        for (int i = from; i < from + count; i++)
        {
            int row = _rows[e][i];
            Span<float> gradient = expert.OutputGradient.AsSpan(i * width, width);
            gradient.Clear();
            for (int r = 0; r < _routers.Length; r++)
            {
                ReadOnlySpan<float> above = OutputGradients[r].AsSpan(row * width, width);
                if (Gate(r, row, e) == 0)
                    continue;
                _slopes[r][(row * n) + e] = Gemm.Dot(above, expert.Output.AsSpan(i * width, width));
                RowMath.AddScaled(above, Gate(r, row, e), gradient);
            }
        }

        float[] x = _gatheredGradient[e];
        x.AsSpan(from * width, count * width).Clear();
        expert.Backward(_gathered[e], x, dense, block, from, count);
        for (int i = from; i < from + count; i++)
            RowMath.Add(x.AsSpan(i * width, width), hGradient.AsSpan(_rows[e][i] * width, width));
    }

    private void Router(int r, float[] h, float[] hGradient, float[] inputGradient, SparseLayer? below, DenseGradients dense, int block, int from, int to)
    {
        int n = _shape.Experts, rows = to - from;
        for (int row = from; row < to; row++)
            ToLogits(r, row);
        Span<float> slopes = _slopes[r].AsSpan(from * n, rows * n);
        if (r == 0 && HasAbove)
            RowMath.Add(LogitGradient.AsSpan(from * n, rows * n), slopes);

        (ParameterRange weight, ParameterRange? residual) = _routers[r];
        (float[] read, int stride) = Read(h);
        float[] readGradient = _shape.ByRequest ? inputGradient : hGradient;
        Gemm.Multiply(true, false, n, weight.Columns, rows, slopes, n, read.AsSpan(from * stride), stride, dense.Of(block, weight), weight.Columns);
        Gemm.Multiply(false, false, rows, weight.Columns, n, slopes, n, weight.In(_parameters.Values), weight.Columns, readGradient.AsSpan(from * stride), stride, accumulate: true);
        if (residual is null)
            return;
        Gemm.Multiply(true, false, n, n, rows, slopes, n, below!.Logits.AsSpan(from * n, rows * n), n, dense.Of(block, residual), n);
        Gemm.Multiply(false, false, rows, n, n, slopes, n, residual.In(_parameters.Values), n, below.LogitGradient.AsSpan(from * n, rows * n), n, accumulate: true);
    }

    /// <summary>Whether a layer stands above, whose routers read this one's logits.</summary>
    public bool HasAbove { get; init; }

    // Slopes of gates to slopes of probabilities, the losses' own with them, to slopes of logits.
    private void ToLogits(int r, int row)
    {
        int n = _shape.Experts;
        Span<float> slopes = _slopes[r].AsSpan(row * n, n);
        ReadOnlySpan<float> p = _p[r].AsSpan(row * n, n), gates = _gates[r].AsSpan(row * n, n);
        if (_shape.TopK > 0)
        {
            float sum = 0, mean = 0;
            for (int i = 0; i < n; i++)
            {
                sum += gates[i] == 0 ? 0 : p[i];
                mean += gates[i] * slopes[i];
            }

            for (int i = 0; i < n; i++)
                slopes[i] = gates[i] == 0 ? 0 : (slopes[i] - mean) / sum;
        }

        double through = 0;
        for (int i = 0; i < n; i++)
        {
            slopes[i] += (float)(Losses.Slopes[i] - (p[i] > 0 ? Losses.EntropySlope * (Math.Log(p[i]) + 1) : 0));
            through += p[i] * slopes[i];
        }

        for (int i = 0; i < n; i++)
            slopes[i] = (float)(p[i] * (slopes[i] - through));
    }
}
