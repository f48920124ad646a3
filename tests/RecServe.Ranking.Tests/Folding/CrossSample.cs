namespace RecServe.Ranking.Tests;

/// <summary>A cross network of full matrices.</summary>
internal sealed class CrossSample : PlanSample
{
    private readonly (double[] Weight, double[] Bias)[] _layers;

    public CrossSample(int users, int items, int depth, int outputs, int count, int seed)
        : base(users, items, depth, outputs, count, seed) =>
        _layers = [.. Enumerable.Range(0, depth).Select(_ => (Draw(Width * Width, Math.Sqrt(3.0 / Width)), Draw(Width, 0.5)))];

    public override CrossPlans<T, TWeights> Plans<T, TWeights>()
    {
        (T[], T[])[] layers = [.. _layers.Select(layer => (In<T>(layer.Weight), In<T>(layer.Bias)))];
        return new(Outputs == 0 ? CrossWeights<T, TWeights>.WithHead(Users, Items, layers, In<T>(Top)) : CrossWeights<T, TWeights>.WithDense(Users, Items, layers, In<T>(Top), In<T>(TopBias)));
    }

    // x₀ ⊙ (W·x + b) + x
    protected override double[] Next(int layer, double[] x0, double[] x)
    {
        (double[] weight, double[] bias) = _layers[layer];
        return [.. x0.Select((value, i) => (value * (bias[i] + Row(weight, i, x))) + x[i])];
    }
}
