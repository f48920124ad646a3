using RecServe.Artifacts;
using RecServe.Kernels;

namespace RecServe.Training.Networks;

/// <summary>One layer of moe while it is trained: routers, choice, experts over the rows that chose them, h' = h + Σ g_i · E_i(h) for every router.</summary>
internal sealed partial class SparseLayer
{
    private readonly SparseArchitecture _shape;
    private readonly RoutingThreshold _threshold;
    private readonly ParameterStore _parameters;
    private readonly (ParameterRange Weight, ParameterRange? Residual)[] _routers;
    private readonly ISparseExpert[] _experts;
    private readonly float[] _inputs;
    private readonly int _inputWidth;

    // By router: logits, probabilities, gates; by expert: the rows of a block that chose it, and how many they are.
    private readonly float[][] _z, _p, _gates, _slopes;
    private readonly int[][] _rows, _counts;
    private readonly float[][] _gathered, _gatheredGradient;
    private readonly bool[][] _chosen;

    /// <param name="parameters">Holds its tensors.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="layer">Number of the layer.</param>
    /// <param name="tasks">Number of tasks.</param>
    /// <param name="inputs">x of the batch, whose first floats are the user's.</param>
    /// <param name="inputWidth">Floats of x.</param>
    /// <param name="losses">Takes what the routers chose.</param>
    /// <param name="threshold">The threshold of top-p.</param>
    /// <param name="batchSize">Most rows.</param>
    /// <param name="blocks">Most blocks.</param>
    public SparseLayer(ParameterStore parameters, SparseArchitecture shape, int layer, int tasks, float[] inputs, int inputWidth, RoutingLosses losses, RoutingThreshold threshold,
        int batchSize, int blocks)
    {
        (_parameters, _shape, _inputs, _inputWidth, Losses, _threshold) = (parameters, shape, inputs, inputWidth, losses, threshold);
        int routers = shape.Routers(layer, tasks), n = shape.Experts;
        _routers = [.. Enumerable.Range(0, routers).Select(r => $"moe.{layer}.router.{r}").Select(name =>
            (parameters[$"{name}.weight"], layer == 0 ? null : parameters[$"{name}.residual.weight"]))];
        _experts = [.. Enumerable.Range(0, shape.Networks).Select(e => (ISparseExpert)new NetworkExpert(parameters, $"moe.{layer}.expert.{e}", batchSize)),
            .. Enumerable.Range(0, shape.Constants).Select(c => new ConstantExpert(parameters, $"moe.{layer}.constant.{c}", batchSize))];
        float[][] OfRouters(int width) => [.. Enumerable.Range(0, routers).Select(_ => new float[batchSize * width])];
        (_z, _p, _gates, _slopes) = (OfRouters(n), OfRouters(n), OfRouters(n), OfRouters(n));
        (Outputs, OutputGradients) = (OfRouters(shape.Width), OfRouters(shape.Width));
        _rows = [.. _experts.Select(_ => new int[batchSize])];
        _counts = [.. _experts.Select(_ => new int[blocks])];
        _gathered = [.. _experts.Select(_ => new float[batchSize * shape.Width])];
        _gatheredGradient = [.. _experts.Select(_ => new float[batchSize * shape.Width])];
        _chosen = [.. Enumerable.Range(0, routers).Select(_ => new bool[batchSize * n])];
        LogitGradient = new float[batchSize * n];
    }

    /// <summary>h' of each router, [batch, width].</summary>
    public float[][] Outputs { get; }

    /// <summary>Gradients of <see cref="Outputs"/>: the caller fills the rows before <see cref="Backward"/>.</summary>
    public float[][] OutputGradients { get; }

    /// <summary>Logits of the first router, for the gating residual of the layer above.</summary>
    public float[] Logits => _z[0];

    /// <summary>What the layer above adds to the gradient of <see cref="Logits"/>.</summary>
    public float[] LogitGradient { get; }

    /// <summary>Losses of the routing.</summary>
    public RoutingLosses Losses { get; }

    /// <summary>Routers.</summary>
    public int Routers => _routers.Length;

    /// <summary>Rows of a block that the layer's networks computed.</summary>
    public int NetworkRows(int block)
    {
        int rows = 0;
        for (int e = 0; e < _shape.Networks; e++)
            rows += _counts[e][block];
        return rows;
    }

    /// <summary>Rows [from, to).</summary>
    /// <param name="h">[batch, width].</param>
    /// <param name="below">Logits of the layer below; null in the first.</param>
    /// <param name="block">The block.</param>
    /// <param name="from">First row.</param>
    /// <param name="to">One past the last row.</param>
    /// <param name="training">Whether losses are taken.</param>
    public void Forward(float[] h, float[]? below, int block, int from, int to, bool training)
    {
        for (int r = 0; r < _routers.Length; r++)
            Route(r, h, below, from, to);
        Choose(block, from, to, training);
        for (int e = 0; e < _experts.Length; e++)
        {
            Gather(e, h, block, from, to);
            _experts[e].Forward(_gathered[e], from, _counts[e][block]);
        }

        for (int r = 0; r < _routers.Length; r++)
            Mix(r, h, block, from, to);
    }

    private void Route(int r, float[] h, float[]? below, int from, int to)
    {
        int n = _shape.Experts, rows = to - from;
        (ParameterRange weight, ParameterRange? residual) = _routers[r];
        (float[] read, int stride) = Read(h);
        Span<float> z = _z[r].AsSpan(from * n, rows * n);
        Gemm.Multiply(false, true, rows, n, weight.Columns, read.AsSpan(from * stride), stride, weight.In(_parameters.Values), weight.Columns, z, n);
        if (residual is not null)
            Gemm.Multiply(false, true, rows, n, n, below.AsSpan(from * n, rows * n), n, residual.In(_parameters.Values), n, z, n, accumulate: true);
        z.CopyTo(_p[r].AsSpan(from * n));
        Softmax.Apply(_p[r].AsSpan(from * n, rows * n), n);
    }

    private void Choose(int block, int from, int to, bool training)
    {
        int n = _shape.Experts;
        Span<float> mean = stackalloc float[n];
        if (training)
            Losses.Begin(block);
        for (int row = from; row < to; row++)
        {
            mean.Clear();
            for (int r = 0; r < _routers.Length; r++)
                RowMath.AddScaled(_p[r].AsSpan(row * n, n), 1f / _routers.Length, mean);
            for (int r = 0; r < _routers.Length; r++)
            {
                ReadOnlySpan<float> p = _p[r].AsSpan(row * n, n), decides = _shape.OneSet ? mean : p;
                Span<bool> chosen = _chosen[r].AsSpan(row * n, n);
                if (_shape.TopK > 0)
                    ExpertChoice.Largest(decides, _shape.TopK, chosen);
                else
                    ExpertChoice.Cumulative(decides, _threshold.Value, chosen);
                ExpertChoice.Gates(p, chosen, _shape.FirstZero, _shape.TopK > 0, _gates[r].AsSpan(row * n, n));
                if (training)
                    Losses.Add(block, p, chosen);
            }
        }
    }

    private void Gather(int e, float[] h, int block, int from, int to)
    {
        int width = _shape.Width, count = 0;
        for (int row = from; row < to; row++)
        {
            bool any = false;
            for (int r = 0; r < _routers.Length && !any; r++)
                any = Gate(r, row, e) != 0;
            if (!any)
                continue;
            h.AsSpan(row * width, width).CopyTo(_gathered[e].AsSpan((from + count) * width));
            _rows[e][from + count++] = row;
        }

        _counts[e][block] = count;
    }

    private void Mix(int r, float[] h, int block, int from, int to)
    {
        int width = _shape.Width;
        for (int row = from; row < to; row++)
            RowMath.Scale(h.AsSpan(row * width, width), 1 + Copied(r, row), Outputs[r].AsSpan(row * width, width));
        for (int e = 0; e < _experts.Length; e++)
        {
            for (int i = from; i < from + _counts[e][block]; i++)
                RowMath.AddScaled(_experts[e].Output.AsSpan(i * width, width), Gate(r, _rows[e][i], e), Outputs[r].AsSpan(_rows[e][i] * width, width));
        }
    }

    private float Gate(int r, int row, int expert) => _gates[r][(row * _shape.Experts) + expert];

    private float Copied(int r, int row)
    {
        float sum = 0;
        for (int e = _shape.FirstCopy; e < _shape.FirstZero; e++)
            sum += Gate(r, row, e);
        return sum;
    }

    private (float[] Values, int Stride) Read(float[] h) => _shape.ByRequest ? (_inputs, _inputWidth) : (h, _shape.Width);
}
