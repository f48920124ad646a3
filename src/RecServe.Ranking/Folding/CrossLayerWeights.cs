using System.Numerics;

namespace RecServe.Ranking;

/// <summary>One cross layer's W and b whole, and W cut into the blocks that folding uses: rows and columns of the user (U) and of the item (I).</summary>
internal sealed class CrossLayerWeights<T, TWeights>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TWeights : IWeights<T, TWeights>
{
    public CrossLayerWeights(int users, int items, T[] weight, T[] bias)
    {
        int width = users + items;
        Whole = TWeights.Pack(weight, width, width, width);
        Bias = bias;
        UserOfUser = TWeights.Pack(weight, users, users, width);
        ItemOfUser = TWeights.Pack(weight.AsSpan(users * width), items, users, width);
        ItemOfItem = TWeights.Pack(weight.AsSpan(Math.Min((users * width) + users, weight.Length)), items, items, width);
        UserOfItem = new T[items * users];
        for (int u = 0; u < users; u++)
        {
            for (int i = 0; i < items; i++)
                UserOfItem[(i * users) + u] = weight[(u * width) + users + i];
        }

        var turned = new T[width * users];
        for (int u = 0; u < users; u++)
        {
            for (int i = 0; i < width; i++)
                turned[(i * users) + u] = weight[(u * width) + i];
        }

        UserRows = TWeights.Pack(turned, width, users, users);
    }

    /// <summary>W.</summary>
    public TWeights Whole { get; }

    /// <summary>b.</summary>
    public T[] Bias { get; }

    /// <summary>W_UU.</summary>
    public TWeights UserOfUser { get; }

    /// <summary>W_IU.</summary>
    public TWeights ItemOfUser { get; }

    /// <summary>W_II.</summary>
    public TWeights ItemOfItem { get; }

    /// <summary>W_UI turned: row i holds what item input i adds to every user output.</summary>
    public T[] UserOfItem { get; }

    /// <summary>The user's rows of W turned: maps weights of the user's outputs to weights of all inputs.</summary>
    public TWeights UserRows { get; }
}
