using RecServe.Kernels;

namespace RecServe.Training.Networks;

/// <summary>
/// A gate of MMoE and PLE: p = softmax(W·x + b) over the experts it sees, or over the <c>top_k</c> of the largest logits alone, and their mixture Σ p_k · y_k. Rows are independent. Experts that
/// a row does not take are computed all the same while it is trained; neither they nor their logits get a gradient from it.
/// </summary>
internal sealed class SoftGate
{
    private readonly ParameterStore _parameters;
    private readonly ParameterRange _weight, _bias;
    private readonly Perceptron[] _experts;
    private readonly float[] _probabilities, _slopes;
    private readonly int _width, _topK;

    /// <param name="parameters">Holds <c>name.weight</c> and <c>name.bias</c>.</param>
    /// <param name="name">Prefix of their names.</param>
    /// <param name="experts">The experts, in the order of the gate's outputs.</param>
    /// <param name="topK">Experts that a row takes; 0 for all.</param>
    /// <param name="batchSize">Most rows.</param>
    public SoftGate(ParameterStore parameters, string name, Perceptron[] experts, int topK, int batchSize)
    {
        (_parameters, _experts, _width, _topK) = (parameters, experts, experts[0].Width, topK);
        (_weight, _bias) = (parameters[$"{name}.weight"], parameters[$"{name}.bias"]);
        (_probabilities, _slopes) = (new float[batchSize * experts.Length], new float[batchSize * experts.Length]);
        (Output, OutputGradient) = (new float[batchSize * _width], new float[batchSize * _width]);
    }

    /// <summary>The mixture, [batch, width of an expert].</summary>
    public float[] Output { get; }

    /// <summary>Gradient of <see cref="Output"/>: the caller fills the rows before <see cref="Backward"/>.</summary>
    public float[] OutputGradient { get; }

    private int Experts => _experts.Length;

    private int Inputs => _weight.Columns;

    /// <summary>Mixes rows [from, to); the experts have been there before.</summary>
    public void Forward(float[] input, int from, int to)
    {
        int rows = to - from;
        Gemm.Multiply(false, true, rows, Experts, Inputs, input.AsSpan(from * Inputs, rows * Inputs), Inputs, _weight.In(_parameters.Values), Inputs,
            _probabilities.AsSpan(from * Experts, rows * Experts), Experts);
        ReadOnlySpan<float> bias = _bias.In(_parameters.Values);
        Span<bool> chosen = stackalloc bool[Experts];
        Span<float> gates = stackalloc float[Experts];
        for (int r = from; r < to; r++)
        {
            Span<float> p = _probabilities.AsSpan(r * Experts, Experts), output = Output.AsSpan(r * _width, _width);
            RowMath.Add(bias, p);
            Softmax.Apply(p, Experts);
            if (_topK > 0)
            {
                // A p of 0 makes every slope below 0, and the others' are those of a softmax over the rest.
                ExpertChoice.Largest(p, _topK, chosen);
                ExpertChoice.Gates(p, chosen, Experts, true, gates);
                gates.CopyTo(p);
            }

            output.Clear();
            for (int k = 0; k < Experts; k++)
                RowMath.AddScaled(_experts[k].Output.AsSpan(r * _width, _width), p[k], output);
        }
    }

    /// <summary>Gradients from rows [from, to): added to the experts' and to the input's.</summary>
    public void Backward(float[] input, float[] inputGradient, DenseGradients dense, int block, int from, int to)
    {
        int rows = to - from;
        Span<float> bias = dense.Of(block, _bias), slopes = _slopes.AsSpan(from * Experts, rows * Experts);
        bias.Clear();
        for (int r = from; r < to; r++)
        {
            ReadOnlySpan<float> p = _probabilities.AsSpan(r * Experts, Experts), gradient = OutputGradient.AsSpan(r * _width, _width);
            Span<float> slope = _slopes.AsSpan(r * Experts, Experts);
            float mean = 0;
            for (int k = 0; k < Experts; k++)
            {
                slope[k] = Gemm.Dot(gradient, _experts[k].Output.AsSpan(r * _width, _width));
                mean += p[k] * slope[k];
                RowMath.AddScaled(gradient, p[k], _experts[k].OutputGradient.AsSpan(r * _width, _width));
            }

            for (int k = 0; k < Experts; k++)
                slope[k] = p[k] * (slope[k] - mean);
            RowMath.Add(slope, bias);
        }

        Gemm.Multiply(true, false, Experts, Inputs, rows, slopes, Experts, input.AsSpan(from * Inputs, rows * Inputs), Inputs, dense.Of(block, _weight), Inputs);
        Gemm.Multiply(false, false, rows, Inputs, Experts, slopes, Experts, _weight.In(_parameters.Values), Inputs,
            inputGradient.AsSpan(from * Inputs, rows * Inputs), Inputs, accumulate: true);
    }
}
