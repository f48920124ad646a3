using System.Numerics;

namespace RecServe.Ranking;

/// <summary>One low-rank cross layer: V and the gates as one matrix, C, U and b, and the blocks that folding uses.</summary>
internal sealed class MixtureLayerWeights<T, TWeights>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TWeights : IWeights<T, TWeights>
{
    /// <param name="users">U: numbers of the user in x.</param>
    /// <param name="items">I: numbers of the item.</param>
    /// <param name="experts">K.</param>
    /// <param name="tensors">The layer's tensors and the gates.</param>
    public MixtureLayerWeights(int users, int items, int experts, MixtureTensors<T> tensors)
    {
        int width = users + items, units = tensors.In.Length / Math.Max(1, width), rank = units / experts;
        T[] signals = [.. tensors.In, .. tensors.Gate];
        In = TWeights.Pack(signals, units + experts, width, width);
        InOfUser = TWeights.Pack(signals, units + experts, users, width);
        InOfItem = TWeights.Pack(signals.AsSpan(Math.Min(users, signals.Length)), units + experts, items, width);
        Core = [.. Enumerable.Range(0, experts).Select(k => TWeights.Pack(tensors.Core.AsSpan(k * rank * rank), rank, rank, rank))];
        Out = TWeights.Pack(tensors.Out, width, units, units);
        OutOfItem = TWeights.Pack(tensors.Out.AsSpan(users * units), items, units, units);
        UserOut = new T[units * users];
        for (int u = 0; u < users; u++)
        {
            for (int q = 0; q < units; q++)
                UserOut[(q * users) + u] = tensors.Out[(u * units) + q];
        }

        Bias = tensors.Bias;
    }

    /// <summary>[V ; G]: the experts' units, then a gate an expert.</summary>
    public TWeights In { get; }

    /// <summary>[V ; G] of the user's numbers.</summary>
    public TWeights InOfUser { get; }

    /// <summary>[V ; G] of the item's numbers.</summary>
    public TWeights InOfItem { get; }

    /// <summary>C of each expert.</summary>
    public TWeights[] Core { get; }

    /// <summary>U of all experts side by side.</summary>
    public TWeights Out { get; }

    /// <summary>The item's rows of it.</summary>
    public TWeights OutOfItem { get; }

    /// <summary>The user's rows of it turned: row q holds what unit q adds to every number of the user.</summary>
    public T[] UserOut { get; }

    /// <summary>b.</summary>
    public T[] Bias { get; }
}
