using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>A dense layer y = W·x + b with its weights packed.</summary>
/// <param name="weight">[outputs, inputs].</param>
/// <param name="bias">[outputs].</param>
/// <param name="inputs">Inputs.</param>
/// <param name="mayRound">Whether the weights may be rounded where that is faster (<see cref="RoundedWeights"/>).</param>
internal sealed class DenseLayer(float[] weight, float[] bias, int inputs, bool mayRound = false)
{
    private readonly RoundedWeights _weight = mayRound ? RoundedWeights.PackUpper(weight, bias.Length, inputs) : RoundedWeights.Pack(weight, bias.Length, inputs, inputs);

    public int Outputs => bias.Length;

    /// <summary>The layer for rows of x, which lie one after another.</summary>
    public void Apply(ReadOnlySpan<float> x, int rows, Activation activation, Span<float> y) =>
        _weight.Apply(x, inputs, rows, bias, activation, y, Outputs);
}
