using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>Dense ReLU layers one after another, over rows that lie one after another; there may be none.</summary>
internal sealed class Stack<T, TWeights>(IReadOnlyList<(T[] Weight, T[] Bias)> layers, int inputs)
    where T : unmanaged
    where TWeights : IWeights<T, TWeights>
{
    private readonly (TWeights Weight, T[] Bias)[] _layers = [.. layers.Select((layer, i) =>
        (TWeights.PackUpper(layer.Weight, layer.Bias.Length, i == 0 ? inputs : layers[i - 1].Bias.Length), layer.Bias))];

    /// <summary>Numbers of an output: of the input where there is no layer.</summary>
    public int Outputs => _layers.Length == 0 ? inputs : _layers[^1].Bias.Length;

    /// <summary>Numbers of the widest output.</summary>
    public int Widest => _layers.Select(layer => layer.Bias.Length).DefaultIfEmpty(0).Max();

    /// <summary>Rows through all layers.</summary>
    /// <param name="x">The rows; not changed.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="first">Scratch memory: rows × <see cref="Widest"/> numbers.</param>
    /// <param name="second">As much again.</param>
    /// <returns>Where the outputs stand: in x, first or second.</returns>
    public ReadOnlySpan<T> Apply(ReadOnlySpan<T> x, int rows, Span<T> first, Span<T> second)
    {
        foreach ((TWeights weight, T[] bias) in _layers)
        {
            weight.Apply(x, weight.Inputs, rows, bias, Activation.Relu, first, bias.Length);
            x = first;
            Span<T> swap = first;
            first = second;
            second = swap;
        }

        return x;
    }
}
