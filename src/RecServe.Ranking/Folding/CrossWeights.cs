using System.Numerics;

namespace RecServe.Ranking;

/// <summary>A cross network over x₀ = [user ; item], and what stands on it: a linear head (parallel dcnv2) or a dense ReLU layer (stacked).</summary>
internal sealed class CrossWeights<T, TWeights>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TWeights : IWeights<T, TWeights>
{
    private CrossWeights(int users, int items, IReadOnlyList<(T[] Weight, T[] Bias)> layers)
    {
        Users = users;
        Items = items;
        Layers = [.. layers.Select(layer => new CrossLayerWeights<T, TWeights>(users, items, layer.Weight, layer.Bias))];
    }

    /// <summary>U: floats of the user in x₀.</summary>
    public int Users { get; }

    /// <summary>I: floats of the item in x₀.</summary>
    public int Items { get; }

    /// <summary>U + I.</summary>
    public int Width => Users + Items;

    /// <summary>L: number of cross layers, 1 or more.</summary>
    public int Depth => Layers.Length;

    /// <summary>The layers.</summary>
    public CrossLayerWeights<T, TWeights>[] Layers { get; }

    /// <summary>The head's weights of x_L; null where a dense layer stands on it.</summary>
    public T[]? Head { get; private init; }

    /// <summary>The dense layer, or null.</summary>
    public DenseOverCross<T, TWeights>? Dense { get; private init; }

    /// <summary>Outputs of what stands on the network: 1 for a head.</summary>
    public int Outputs => Dense is null ? 1 : Dense.Outputs;

    /// <summary>A network under a linear head.</summary>
    public static CrossWeights<T, TWeights> WithHead(int users, int items, IReadOnlyList<(T[] Weight, T[] Bias)> layers, T[] head) =>
        new(users, items, layers) { Head = head };

    /// <summary>A network under a dense layer of max(0, W·x_L + b).</summary>
    public static CrossWeights<T, TWeights> WithDense(int users, int items, IReadOnlyList<(T[] Weight, T[] Bias)> layers, T[] weight, T[] bias) =>
        new(users, items, layers) { Dense = new DenseOverCross<T, TWeights>(users, items, weight, bias) };
}
