using RecServe.Kernels;

namespace RecServe.Training.Networks;

/// <summary>One layer of low-rank experts; it keeps what the way back needs of every row.</summary>
internal sealed class MixtureCrossLayer
{
    private readonly ParameterStore _parameters;
    private readonly ParameterRange _in, _core, _out, _bias, _gate;
    private readonly float[] _input, _inner, _outer, _gated, _gates;
    private readonly MixtureScratch _scratch;
    private readonly int _width, _units, _experts, _rank;

    /// <param name="parameters">Holds its tensors.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="layer">Its number.</param>
    /// <param name="input">x_l, [batch, width].</param>
    /// <param name="scratch">Shared by all layers.</param>
    /// <param name="batchSize">Most rows.</param>
    public MixtureCrossLayer(ParameterStore parameters, NetworkShape shape, int layer, float[] input, MixtureScratch scratch, int batchSize)
    {
        (_parameters, _input, _scratch, _width) = (parameters, input, scratch, shape.InputWidth);
        (_units, _experts, _rank) = (shape.CrossMixture!.Units, shape.CrossMixture.Experts, shape.CrossMixture.Rank);
        (_in, _core, _out) = (parameters[$"cross.{layer}.in.weight"], parameters[$"cross.{layer}.core.weight"], parameters[$"cross.{layer}.out.weight"]);
        (_bias, _gate) = (parameters[$"cross.{layer}.bias"], parameters["cross.gate.weight"]);
        (_inner, _outer, _gated, _gates) = (new float[batchSize * _units], new float[batchSize * _units], new float[batchSize * _units], new float[batchSize * _experts]);
        (Sums, Output) = (new float[batchSize * _width], new float[batchSize * _width]);
    }

    /// <summary>Σ_k p_k · U_k · tanh(C_k · tanh(V_k · x)) + b, [batch, width].</summary>
    public float[] Sums { get; }

    /// <summary>x_{l+1}, [batch, width].</summary>
    public float[] Output { get; }

    /// <summary>Rows [from, to).</summary>
    /// <param name="first">Their x_0.</param>
    /// <param name="from">First row.</param>
    /// <param name="to">One past the last row.</param>
    public void Forward(ReadOnlySpan<float> first, int from, int to)
    {
        int rows = to - from;
        ReadOnlySpan<float> x = Of(_input, _width, from, to), bias = _bias.In(_parameters.Values);
        Span<float> inner = Of(_inner, _units, from, to), outer = Of(_outer, _units, from, to), gated = Of(_gated, _units, from, to);
        Span<float> gates = Of(_gates, _experts, from, to), sums = Of(Sums, _width, from, to), next = Of(Output, _width, from, to);
        Gemm.Multiply(false, true, rows, _units, _width, x, _width, _in.In(_parameters.Values), _width, inner, _units);
        Tanh.Apply(inner);
        for (int k = 0; k < _experts; k++)
            Gemm.Multiply(false, true, rows, _rank, _rank, inner[(k * _rank)..], _units, Core(k), _rank, outer[(k * _rank)..], _units);
        Tanh.Apply(outer);
        Gemm.Multiply(false, true, rows, _experts, _width, x, _width, _gate.In(_parameters.Values), _width, gates, _experts);
        Softmax.Apply(gates, _experts);
        GatedSum.Apply<float>(outer, _rank, rows * _experts, gates, 1, gated, add: false);
        for (int r = 0; r < rows; r++)
            bias.CopyTo(sums[(r * _width)..]);
        Gemm.Multiply(false, true, rows, _width, _units, gated, _units, _out.In(_parameters.Values), _units, sums, _width, accumulate: true);
        x.CopyTo(next);
        RowMath.AddProduct(first, sums, next);
    }

    /// <summary>Gradients from rows [from, to).</summary>
    /// <param name="sums">Gradient of their <see cref="Sums"/>.</param>
    /// <param name="gradient">Gradient of their output; becomes that of their input, but for what x_0 has of its own.</param>
    /// <param name="dense">Where the weight gradients of the block go.</param>
    /// <param name="block">The block.</param>
    /// <param name="from">First row.</param>
    /// <param name="to">One past the last row.</param>
    /// <param name="firstOfGates">Whether no other layer has added to the block's gradient of the gates, which all layers share.</param>
    public void Backward(ReadOnlySpan<float> sums, Span<float> gradient, DenseGradients dense, int block, int from, int to, bool firstOfGates)
    {
        int rows = to - from;
        ReadOnlySpan<float> x = Of(_input, _width, from, to), inner = Of(_inner, _units, from, to), outerUnits = Of(_outer, _units, from, to);
        Span<float> outer = Of(_scratch.Outer, _units, from, to), core = Of(_scratch.Inner, _units, from, to), gates = Of(_scratch.Gates, _experts, from, to);
        Span<float> bias = dense.Of(block, _bias);
        bias.Clear();
        for (int r = 0; r < rows; r++)
            RowMath.Add(sums.Slice(r * _width, _width), bias);
        Gemm.Multiply(true, false, _width, _units, rows, sums, _width, Of(_gated, _units, from, to), _units, dense.Of(block, _out), _units);
        Gemm.Multiply(false, false, rows, _units, _width, sums, _width, _out.In(_parameters.Values), _units, outer, _units);
        Ungate(outer, outerUnits, gates, from, to);

        Tanh.Backward(outerUnits, outer);
        Span<float> coreGradient = dense.Of(block, _core);
        for (int k = 0; k < _experts; k++)
        {
            int at = k * _rank;
            Gemm.Multiply(true, false, _rank, _rank, rows, outer[at..], _units, inner[at..], _units, coreGradient[(at * _rank)..], _rank);
            Gemm.Multiply(false, false, rows, _rank, _rank, outer[at..], _units, Core(k), _rank, core[at..], _units);
        }

        Tanh.Backward(inner, core);
        Gemm.Multiply(true, false, _units, _width, rows, core, _units, x, _width, dense.Of(block, _in), _width);
        Gemm.Multiply(false, false, rows, _width, _units, core, _units, _in.In(_parameters.Values), _width, gradient, _width, accumulate: true);
        Gemm.Multiply(true, false, _experts, _width, rows, gates, _experts, x, _width, dense.Of(block, _gate), _width, accumulate: !firstOfGates);
        Gemm.Multiply(false, false, rows, _width, _experts, gates, _experts, _gate.In(_parameters.Values), _width, gradient, _width, accumulate: true);
    }

    // From the gradient of p_k · y_k to those of y_k, in place, and of the gates' logits, p_k · (⟨∂, y_k⟩ − Σ_j p_j · ⟨∂, y_j⟩).
    private void Ungate(Span<float> gradient, ReadOnlySpan<float> units, Span<float> logits, int from, int to)
    {
        ReadOnlySpan<float> gates = Of(_gates, _experts, from, to);
        for (int r = 0; r < to - from; r++)
        {
            float mean = 0;
            for (int e = r * _experts; e < (r + 1) * _experts; e++)
            {
                logits[e] = Gemm.Dot(gradient.Slice(e * _rank, _rank), units.Slice(e * _rank, _rank));
                mean += gates[e] * logits[e];
            }

            for (int e = r * _experts; e < (r + 1) * _experts; e++)
                logits[e] = gates[e] * (logits[e] - mean);
        }

        GatedSum.Apply<float>(gradient, _rank, (to - from) * _experts, gates, 1, gradient, add: false);
    }

    private ReadOnlySpan<float> Core(int expert) => _core.In(_parameters.Values).Slice(expert * _rank * _rank, _rank * _rank);

    private static Span<float> Of(float[] rows, int width, int from, int to) => rows.AsSpan(from * width, (to - from) * width);
}
