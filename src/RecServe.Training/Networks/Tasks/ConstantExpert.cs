using RecServe.Kernels;

namespace RecServe.Training.Networks;

/// <summary>A constant expert of MoE++: E(h) = a_1 · h + a_2 · v, a = softmax(W · h).</summary>
internal sealed class ConstantExpert : ISparseExpert
{
    private readonly ParameterStore _parameters;
    private readonly ParameterRange _weight, _vector;
    private readonly float[] _mix;
    private readonly int _width;

    public ConstantExpert(ParameterStore parameters, string name, int batchSize)
    {
        _parameters = parameters;
        (_weight, _vector) = (parameters[$"{name}.weight"], parameters[$"{name}.vector"]);
        _width = _vector.Length;
        _mix = new float[batchSize * 2];
        (Output, OutputGradient) = (new float[batchSize * _width], new float[batchSize * _width]);
    }

    public float[] Output { get; }

    public float[] OutputGradient { get; }

    public void Forward(float[] x, int from, int count)
    {
        ReadOnlySpan<float> weight = _weight.In(_parameters.Values), vector = _vector.In(_parameters.Values);
        for (int r = from; r < from + count; r++)
        {
            ReadOnlySpan<float> h = x.AsSpan(r * _width, _width);
            Span<float> mix = _mix.AsSpan(r * 2, 2), y = Output.AsSpan(r * _width, _width);
            (mix[0], mix[1]) = (Gemm.Dot(weight[.._width], h), Gemm.Dot(weight[_width..], h));
            Softmax.Apply(mix, 2);
            RowMath.Scale(h, mix[0], y);
            RowMath.AddScaled(vector, mix[1], y);
        }
    }

    public void Backward(float[] x, float[] xGradient, DenseGradients dense, int block, int from, int count)
    {
        ReadOnlySpan<float> weight = _weight.In(_parameters.Values), vector = _vector.In(_parameters.Values);
        Span<float> weightGradient = dense.Of(block, _weight), vectorGradient = dense.Of(block, _vector);
        weightGradient.Clear();
        vectorGradient.Clear();
        for (int r = from; r < from + count; r++)
        {
            ReadOnlySpan<float> h = x.AsSpan(r * _width, _width), gradient = OutputGradient.AsSpan(r * _width, _width), mix = _mix.AsSpan(r * 2, 2);
            Span<float> target = xGradient.AsSpan(r * _width, _width);
            RowMath.AddScaled(gradient, mix[0], target);
            RowMath.AddScaled(gradient, mix[1], vectorGradient);

            // Of two numbers whose softmax is (a, 1 − a): the gradient of the first is a·(1 − a) times the difference, of the second its negative.
            float slope = mix[0] * mix[1] * (Gemm.Dot(gradient, h) - Gemm.Dot(gradient, vector));
            RowMath.AddScaled(h, slope, weightGradient[.._width]);
            RowMath.AddScaled(h, -slope, weightGradient[_width..]);
            RowMath.AddScaled(weight[.._width], slope, target);
            RowMath.AddScaled(weight[_width..], -slope, target);
        }
    }
}
