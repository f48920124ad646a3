using RecServe.Kernels;

namespace RecServe.Training.Networks;

/// <summary>An expert of moe with one hidden layer: W₂ · max(0, W₁ · h + b₁) + b₂.</summary>
internal sealed class NetworkExpert : ISparseExpert
{
    private readonly ParameterStore _parameters;
    private readonly ParameterRange _first, _firstBias, _second, _secondBias;
    private readonly float[] _hidden, _hiddenGradient;
    private readonly int _width, _units;

    public NetworkExpert(ParameterStore parameters, string name, int batchSize)
    {
        _parameters = parameters;
        (_first, _firstBias) = (parameters[$"{name}.0.weight"], parameters[$"{name}.0.bias"]);
        (_second, _secondBias) = (parameters[$"{name}.1.weight"], parameters[$"{name}.1.bias"]);
        (_units, _width) = (_first.Rows, _first.Columns);
        (_hidden, _hiddenGradient) = (new float[batchSize * _units], new float[batchSize * _units]);
        (Output, OutputGradient) = (new float[batchSize * _width], new float[batchSize * _width]);
    }

    public float[] Output { get; }

    public float[] OutputGradient { get; }

    public void Forward(float[] x, int from, int count)
    {
        Span<float> hidden = _hidden.AsSpan(from * _units, count * _units);
        Linear(x.AsSpan(from * _width, count * _width), _first, _firstBias, count, hidden);
        foreach (ref float unit in hidden)
            unit = MathF.Max(0, unit);
        Linear(hidden, _second, _secondBias, count, Output.AsSpan(from * _width, count * _width));
    }

    public void Backward(float[] x, float[] xGradient, DenseGradients dense, int block, int from, int count)
    {
        Span<float> hidden = _hidden.AsSpan(from * _units, count * _units), gradient = _hiddenGradient.AsSpan(from * _units, count * _units);
        Back(hidden, OutputGradient.AsSpan(from * _width, count * _width), _second, _secondBias, dense, block, count, gradient, add: false);
        for (int i = 0; i < hidden.Length; i++)
            gradient[i] = hidden[i] > 0 ? gradient[i] : 0;
        Back(x.AsSpan(from * _width, count * _width), gradient, _first, _firstBias, dense, block, count, xGradient.AsSpan(from * _width, count * _width), add: true);
    }

    private void Linear(ReadOnlySpan<float> x, ParameterRange weight, ParameterRange bias, int count, Span<float> y)
    {
        ReadOnlySpan<float> biases = bias.In(_parameters.Values);
        for (int r = 0; r < count; r++)
            biases.CopyTo(y[(r * weight.Rows)..]);
        Gemm.Multiply(false, true, count, weight.Rows, weight.Columns, x, weight.Columns, weight.In(_parameters.Values), weight.Columns, y, weight.Rows, accumulate: true);
    }

    private void Back(ReadOnlySpan<float> x, ReadOnlySpan<float> gradient, ParameterRange weight, ParameterRange bias, DenseGradients dense, int block, int count,
        Span<float> xGradient, bool add)
    {
        Span<float> weightGradient = dense.Of(block, weight), biasGradient = dense.Of(block, bias);
        weightGradient.Clear();
        biasGradient.Clear();
        if (count == 0)
            return;
        for (int r = 0; r < count; r++)
            RowMath.Add(gradient.Slice(r * weight.Rows, weight.Rows), biasGradient);
        Gemm.Multiply(true, false, weight.Rows, weight.Columns, count, gradient, weight.Rows, x, weight.Columns, weightGradient, weight.Columns);
        Gemm.Multiply(false, false, count, weight.Columns, weight.Rows, gradient, weight.Rows, weight.In(_parameters.Values), weight.Columns, xGradient, weight.Columns, add);
    }
}
