namespace RecServe.Ranking;

/// <summary>The dense layer over a cross network's output, whole and with the user's and the item's columns apart.</summary>
internal sealed class DenseOverCross<T, TWeights>
    where T : unmanaged
    where TWeights : IWeights<T, TWeights>
{
    public DenseOverCross(int users, int items, T[] weight, T[] bias)
    {
        int width = users + items;
        Whole = TWeights.Pack(weight, bias.Length, width, width);
        OfUser = TWeights.Pack(weight, bias.Length, users, width);
        OfItem = TWeights.Pack(weight.AsSpan(Math.Min(users, weight.Length)), bias.Length, items, width);
        Bias = bias;
    }

    public TWeights Whole { get; }

    public TWeights OfUser { get; }

    public TWeights OfItem { get; }

    public T[] Bias { get; }

    public int Outputs => Bias.Length;
}
