using System.Numerics;

namespace RecServe.Ranking.Tests;

/// <summary>A random cross network with a user and candidates, in one precision; its outputs by the formula alone, in double.</summary>
internal sealed class CrossSample
{
    private readonly int _users, _items;
    private readonly (double[] Weight, double[] Bias)[] _layers;
    private readonly double[] _top, _topBias, _user, _rows;

    /// <param name="outputs">Outputs of the dense layer on the network; 0 for a linear head.</param>
    public CrossSample(int users, int items, int depth, int outputs, int count, int seed)
    {
        var random = new Random(seed);
        // Numbers that a float holds exactly, so that both precisions score the same network.
        double[] Draw(int length, double scale) => [.. Enumerable.Range(0, length).Select(_ => (double)(float)(((random.NextDouble() * 2) - 1) * scale))];
        int width = users + items;
        (_users, _items, Count, Outputs) = (users, items, count, outputs);
        _layers = [.. Enumerable.Range(0, depth).Select(_ => (Draw(width * width, Math.Sqrt(3.0 / width)), Draw(width, 0.5)))];
        _top = Draw(Math.Max(1, outputs) * width, Math.Sqrt(3.0 / width));
        _topBias = Draw(outputs, 0.5);
        _user = Draw(users, 1);
        Stride = items + random.Next(3);
        _rows = Draw(count * Stride, 1);
    }

    public int Count { get; }

    public int Outputs { get; }

    public int Stride { get; }

    public CrossWeights<T, TWeights> Weights<T, TWeights>()
        where T : unmanaged, IFloatingPointIeee754<T>
        where TWeights : IWeights<T, TWeights>
    {
        (T[], T[])[] layers = [.. _layers.Select(layer => (In<T>(layer.Weight), In<T>(layer.Bias)))];
        return Outputs == 0
            ? CrossWeights<T, TWeights>.WithHead(_users, _items, layers, In<T>(_top))
            : CrossWeights<T, TWeights>.WithDense(_users, _items, layers, In<T>(_top), In<T>(_topBias));
    }

    /// <summary>What a plan gives, on memory full of NaN.</summary>
    public double[] Run<T>(ICrossPlan<T> plan)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T[] request = Unset<T>(plan.RequestLength), share = Unset<T>(plan.ShareScratch), scratch = Unset<T>(plan.RowScratch(Count));
        var y = new T[Count * Math.Max(1, Outputs)];
        T[] user = In<T>(_user), rows = In<T>(_rows);
        plan.Share(user, request, share);
        plan.Apply(user, request, rows, Stride, Count, scratch, y);
        return [.. y.Select(value => double.CreateChecked(value))];
    }

    /// <summary>x ← x₀ ⊙ (W·x + b) + x and what stands on it, row by row.</summary>
    public double[] Expected()
    {
        var all = new List<double>();
        for (int r = 0; r < Count; r++)
        {
            double[] x0 = [.. _user, .. _rows.AsSpan(r * Stride, _items)], x = x0;
            foreach ((double[] weight, double[] bias) in _layers)
            {
                double[] before = x;
                x = [.. x0.Select((value, i) => (value * (bias[i] + Row(weight, i, before))) + before[i])];
            }

            if (Outputs == 0)
                all.Add(Row(_top, 0, x));
            for (int o = 0; o < Outputs; o++)
                all.Add(Math.Max(0, _topBias[o] + Row(_top, o, x)));
        }

        return [.. all];
    }

    private static double Row(double[] weight, int row, double[] x)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
            sum += weight[(row * x.Length) + i] * x[i];
        return sum;
    }

    private static T[] In<T>(double[] values)
        where T : IFloatingPointIeee754<T> => [.. values.Select(T.CreateChecked)];

    private static T[] Unset<T>(int length)
        where T : IFloatingPointIeee754<T>
    {
        var memory = new T[length];
        Array.Fill(memory, T.NaN);
        return memory;
    }
}
