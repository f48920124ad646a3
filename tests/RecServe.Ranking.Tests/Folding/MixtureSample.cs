namespace RecServe.Ranking.Tests;

/// <summary>A cross network of low-rank experts.</summary>
internal sealed class MixtureSample : PlanSample
{
    private readonly int _experts, _rank;
    private readonly MixtureTensors<double>[] _layers;

    public MixtureSample(int users, int items, int depth, int experts, int rank, int outputs, int count, int seed)
        : base(users, items, depth, outputs, count, seed)
    {
        (_experts, _rank) = (experts, rank);
        int units = experts * rank;
        double[] gates = Draw(experts * Width, Math.Sqrt(3.0 / Width));
        _layers = [.. Enumerable.Range(0, depth).Select(_ => new MixtureTensors<double>(
            Draw(units * Width, Math.Sqrt(3.0 / Width)), Draw(units * rank, Math.Sqrt(3.0 / rank)), Draw(Width * units, Math.Sqrt(3.0 / rank)), Draw(Width, 0.5), gates))];
    }

    public override CrossPlans<T, TWeights> Plans<T, TWeights>()
    {
        MixtureTensors<T>[] layers = [.. _layers.Select(l => new MixtureTensors<T>(In<T>(l.In), In<T>(l.Core), In<T>(l.Out), In<T>(l.Bias), In<T>(l.Gate)))];
        return new(Outputs == 0 ? MixtureWeights<T, TWeights>.WithHead(Users, Items, _experts, layers, In<T>(Top))
            : MixtureWeights<T, TWeights>.WithDense(Users, Items, _experts, layers, In<T>(Top), In<T>(TopBias)));
    }

    // Σ_k p_k · x₀ ⊙ (U_k · tanh(C_k · tanh(V_k·x)) + b) + x, expert by expert.
    protected override double[] Next(int layer, double[] x0, double[] x)
    {
        MixtureTensors<double> l = _layers[layer];
        double[] p = [.. Enumerable.Range(0, _experts).Select(k => Math.Exp(Row(l.Gate, k, x)))], next = [.. x];
        for (int k = 0; k < _experts; k++)
        {
            double[] inner = [.. Enumerable.Range(k * _rank, _rank).Select(row => Math.Tanh(Row(l.In, row, x)))];
            double[] outer = [.. Enumerable.Range(k * _rank, _rank).Select(row => Math.Tanh(Row(l.Core, row, inner)))];
            for (int i = 0; i < Width; i++)
            {
                double sum = l.Bias[i];
                for (int j = 0; j < _rank; j++)
                    sum += l.Out[(i * _experts * _rank) + (k * _rank) + j] * outer[j];
                next[i] += p[k] / p.Sum() * x0[i] * sum;
            }
        }

        return next;
    }
}
