using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>A dense layer y = W·x + b with its weights packed.</summary>
internal sealed class DenseLayer(float[] weight, float[] bias, int inputs)
{
    private readonly PackedMatrix _weight = PackedMatrix.Pack(weight, bias.Length, inputs, inputs);

    public int Outputs => _weight.Outputs;

    /// <summary>The layer for rows of x, which lie one after another.</summary>
    public void Apply(ReadOnlySpan<float> x, int rows, Activation activation, Span<float> y) =>
        Gemm.Linear(x, _weight.Inputs, rows, _weight, bias, activation, y, Outputs);
}
