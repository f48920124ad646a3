using RecServe.Kernels;

namespace RecServe.Training.Networks;

/// <summary>The tower of a task: hidden layers, or none, and a linear head to the task's logit. Rows are independent.</summary>
internal sealed class Tower
{
    private readonly ParameterStore _parameters;
    private readonly ParameterRange _weight, _bias;
    private readonly Perceptron? _hidden;

    public Tower(ParameterStore parameters, int task, int layers, float dropout, int batchSize, int blocks)
    {
        _parameters = parameters;
        (_weight, _bias) = (parameters[$"tower.{task}.head.weight"], parameters[$"tower.{task}.head.bias"]);
        _hidden = layers == 0 ? null : new Perceptron(parameters, $"tower.{task}", layers, (1 << 16) + task, dropout, batchSize, blocks);
        (Logits, LogitGradients) = (new float[batchSize], new float[batchSize]);
    }

    public float[] Logits { get; }

    public float[] LogitGradients { get; }

    public void Prepare(ulong key) => _hidden?.Prepare(key);

    public void Forward(float[] input, int block, int from, int to, bool training)
    {
        _hidden?.Forward(input, block, from, to, training);
        float[] top = _hidden?.Output ?? input;
        ReadOnlySpan<float> weight = _weight.In(_parameters.Values);
        float bias = _parameters.Values[_bias.Offset];
        for (int r = from; r < to; r++)
            Logits[r] = bias + Gemm.Dot(weight, top.AsSpan(r * weight.Length, weight.Length));
    }

    /// <summary>Gradients from rows [from, to); that of the input is written.</summary>
    public void Backward(float[] input, float[] inputGradient, DenseGradients dense, int block, int from, int to)
    {
        float[] top = _hidden?.Output ?? input, topGradient = _hidden?.OutputGradient ?? inputGradient;
        ReadOnlySpan<float> weight = _weight.In(_parameters.Values);
        Span<float> weightGradient = dense.Of(block, _weight);
        weightGradient.Clear();
        double biasGradient = 0;
        for (int r = from; r < to; r++)
        {
            float gradient = LogitGradients[r];
            biasGradient += gradient;
            RowMath.AddScaled(top.AsSpan(r * weight.Length, weight.Length), gradient, weightGradient);
            RowMath.Scale(weight, gradient, topGradient.AsSpan(r * weight.Length, weight.Length));
        }

        dense.Of(block, _bias)[0] = (float)biasGradient;
        if (_hidden is null)
            return;
        int width = inputGradient.Length / Logits.Length;
        inputGradient.AsSpan(from * width, (to - from) * width).Clear();
        _hidden.Backward(input, inputGradient, dense, block, from, to);
    }
}
