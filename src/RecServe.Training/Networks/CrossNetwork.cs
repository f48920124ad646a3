using RecServe.Kernels;

namespace RecServe.Training.Networks;

/// <summary>The cross network of DCN-v2 (Wang et al. 2021, full rank): <c>x_{l+1} = x_0 ⊙ (W_l x_l + b_l) + x_l</c>.</summary>
internal sealed class CrossNetwork : ICrossNetwork
{
    private readonly ParameterStore _parameters;
    private readonly ParameterRange[] _weights, _biases;
    private readonly float[][] _inputs, _sums;
    private readonly float[] _sumGradient, _next;
    private readonly int _width;

    public CrossNetwork(ParameterStore parameters, NetworkShape shape, int batchSize)
    {
        _parameters = parameters;
        _width = shape.InputWidth;
        int layers = shape.CrossLayers;
        _weights = [.. Enumerable.Range(0, layers).Select(i => parameters[$"cross.{i}.weight"])];
        _biases = [.. Enumerable.Range(0, layers).Select(i => parameters[$"cross.{i}.bias"])];
        _inputs = [.. Enumerable.Range(0, layers + 1).Select(_ => new float[batchSize * _width])];
        _sums = [.. Enumerable.Range(0, layers).Select(_ => new float[batchSize * _width])];
        _sumGradient = new float[batchSize * _width];
        _next = new float[batchSize * _width];
    }

    public float[] Input => _inputs[0];

    public float[] Output => _inputs[^1];

    public void Forward(int from, int to)
    {
        int start = from * _width, length = (to - from) * _width;
        ReadOnlySpan<float> first = Input.AsSpan(start, length);
        for (int l = 0; l < _weights.Length; l++)
        {
            ReadOnlySpan<float> x = _inputs[l].AsSpan(start, length);
            Span<float> sums = _sums[l].AsSpan(start, length), next = _inputs[l + 1].AsSpan(start, length);
            ReadOnlySpan<float> bias = _biases[l].In(_parameters.Values);
            for (int r = 0; r < length; r += _width)
                bias.CopyTo(sums.Slice(r, _width));
            Gemm.Multiply(false, true, to - from, _width, _width, x, _width, _weights[l].In(_parameters.Values), _width, sums, _width, accumulate: true);
            x.CopyTo(next);
            RowMath.AddProduct(first, sums, next);
        }
    }

    public void Backward(float[] gradient, float[] inputGradient, DenseGradients dense, int block, int from, int to)
    {
        int start = from * _width, length = (to - from) * _width, rows = to - from;
        ReadOnlySpan<float> first = Input.AsSpan(start, length);
        Span<float> g = gradient.AsSpan(start, length), firstGradient = inputGradient.AsSpan(start, length);
        Span<float> sums = _sumGradient.AsSpan(start, length), through = _next.AsSpan(start, length);
        for (int l = _weights.Length - 1; l >= 0; l--)
        {
            RowMath.AddProduct(g, _sums[l].AsSpan(start, length), firstGradient);
            RowMath.Multiply(g, first, sums);
            Span<float> bias = dense.Of(block, _biases[l]);
            bias.Clear();
            for (int r = 0; r < length; r += _width)
                RowMath.Add(sums.Slice(r, _width), bias);
            Gemm.Multiply(true, false, _width, _width, rows, sums, _width, _inputs[l].AsSpan(start, length), _width, dense.Of(block, _weights[l]), _width);
            Gemm.Multiply(false, false, rows, _width, _width, sums, _width, _weights[l].In(_parameters.Values), _width, through, _width);
            RowMath.Add(through, g);
        }

        RowMath.Add(g, firstGradient);
    }
}
