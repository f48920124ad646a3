using System.Numerics;

namespace RecServe.Ranking;

/// <summary>A cross network of low-rank experts over x₀ = [user ; item], and what stands on it: a linear head (parallel dcnv2) or a dense ReLU layer (stacked).</summary>
internal sealed class MixtureWeights<T, TWeights>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TWeights : IWeights<T, TWeights>
{
    private MixtureWeights(int users, int items, int experts, IReadOnlyList<MixtureTensors<T>> layers)
    {
        (Users, Items, Experts) = (users, items, experts);
        Units = layers[0].In.Length / (users + items);
        Layers = [.. layers.Select(layer => new MixtureLayerWeights<T, TWeights>(users, items, experts, layer))];
    }

    /// <summary>U: floats of the user in x₀.</summary>
    public int Users { get; }

    /// <summary>I: floats of the item in x₀.</summary>
    public int Items { get; }

    /// <summary>U + I.</summary>
    public int Width => Users + Items;

    /// <summary>L: number of cross layers, 1 or more.</summary>
    public int Depth => Layers.Length;

    /// <summary>K: experts of a layer.</summary>
    public int Experts { get; }

    /// <summary>K·r: units of a layer.</summary>
    public int Units { get; }

    /// <summary>r: units of an expert.</summary>
    public int Rank => Units / Experts;

    /// <summary>K·r + K: what [V ; G] gives.</summary>
    public int Signals => Units + Experts;

    /// <summary>The layers.</summary>
    public MixtureLayerWeights<T, TWeights>[] Layers { get; }

    /// <summary>The head's weights of x_L; null where a dense layer stands on it.</summary>
    public T[]? Head { get; private init; }

    /// <summary>The dense layer, or null.</summary>
    public DenseOverCross<T, TWeights>? Dense { get; private init; }

    /// <summary>Outputs of what stands on the network: 1 for a head.</summary>
    public int Outputs => Dense is null ? 1 : Dense.Outputs;

    /// <summary>A network under a linear head.</summary>
    public static MixtureWeights<T, TWeights> WithHead(int users, int items, int experts, IReadOnlyList<MixtureTensors<T>> layers, T[] head) =>
        new(users, items, experts, layers) { Head = head };

    /// <summary>A network under a dense layer of max(0, W·x_L + b).</summary>
    public static MixtureWeights<T, TWeights> WithDense(int users, int items, int experts, IReadOnlyList<MixtureTensors<T>> layers, T[] weight, T[] bias) =>
        new(users, items, experts, layers) { Dense = new DenseOverCross<T, TWeights>(users, items, weight, bias) };
}
