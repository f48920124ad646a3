using System.Numerics;

namespace RecServe.Ranking.Tests;

/// <summary>A random cross network with a user and candidates, in any precision; its outputs by the formula alone, in double.</summary>
internal abstract class PlanSample
{
    private readonly Random _random;
    private readonly double[] _user, _rows;

    /// <param name="users">Numbers of the user.</param>
    /// <param name="items">Numbers of an item.</param>
    /// <param name="depth">Cross layers.</param>
    /// <param name="outputs">Outputs of the dense layer on the network; 0 for a linear head.</param>
    /// <param name="count">Candidates.</param>
    /// <param name="seed">Decides the numbers.</param>
    protected PlanSample(int users, int items, int depth, int outputs, int count, int seed)
    {
        _random = new Random(seed);
        (Users, Items, Depth, Count, Outputs) = (users, items, depth, count, outputs);
        Top = Draw(Math.Max(1, outputs) * Width, Math.Sqrt(3.0 / Width));
        TopBias = Draw(outputs, 0.5);
        _user = Draw(users, 1);
        Stride = items + _random.Next(3);
        _rows = Draw(count * Stride, 1);
    }

    public int Users { get; }

    public int Items { get; }

    public int Width => Users + Items;

    public int Depth { get; }

    public int Count { get; }

    public int Outputs { get; }

    public int Stride { get; }

    protected double[] Top { get; }

    protected double[] TopBias { get; }

    public abstract CrossPlans<T, TWeights> Plans<T, TWeights>()
        where T : unmanaged, IFloatingPointIeee754<T>
        where TWeights : IWeights<T, TWeights>;

    /// <summary>Every plan equals the formula: in double to 1e-12, in single to 1e-4.</summary>
    public void Check()
    {
        double[] expected = Expected();
        Check(Plans<double, DoubleWeights>(), expected, 1e-12);
        Check(Plans<float, FloatWeights>(), expected, 1e-4);
    }

    /// <summary>The choice is the cheapest by counted work, folds no less the more candidates there are, nothing for one and all for many.</summary>
    public static void ChoosesTheCheapest(CrossPlans<float, FloatWeights> plans)
    {
        int before = 0;
        foreach (int count in (int[])[1, 12, 50, 100, 250, 500, 1000, 5000])
        {
            int index = plans.Choose(count, 1);
            ICrossPlan<float> chosen = plans.All[index];
            Assert.All(plans.All, plan => Assert.True(CrossPlans<float, FloatWeights>.Microseconds(chosen, count) <= CrossPlans<float, FloatWeights>.Microseconds(plan, count)));
            Assert.True(index >= before, $"{count} candidates: {chosen.Name}");
            before = index;
        }

        Assert.Equal("fold", plans.All[plans.Choose(5000, 1)].Name);
        Assert.NotEqual("fold", plans.All[plans.Choose(1, 1)].Name);
    }

    protected abstract double[] Next(int layer, double[] x0, double[] x);

    // Numbers that a float holds exactly, so that both precisions score the same network.
    protected double[] Draw(int length, double scale) => [.. Enumerable.Range(0, length).Select(_ => (double)(float)(((_random.NextDouble() * 2) - 1) * scale))];

    protected static double Row(double[] weight, int row, double[] x)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
            sum += weight[(row * x.Length) + i] * x[i];
        return sum;
    }

    protected static T[] In<T>(double[] values)
        where T : IFloatingPointIeee754<T> => [.. values.Select(T.CreateChecked)];

    // Relative to the largest output of the sample: six layers multiply six times, so that single rows can cancel to almost nothing.
    private void Check<T, TWeights>(CrossPlans<T, TWeights> plans, double[] expected, double tolerance)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TWeights : IWeights<T, TWeights>
    {
        double bound = tolerance * Math.Max(1, expected.Max(Math.Abs));
        foreach (ICrossPlan<T> plan in plans.All)
        {
            double[] actual = Run(plan);
            Assert.Equal(expected.Length, actual.Length);
            for (int i = 0; i < expected.Length; i++)
                Assert.True(Math.Abs(expected[i] - actual[i]) <= bound, $"{plan.Name} in {typeof(T).Name}: {actual[i]} at {i}, expected {expected[i]}");
        }
    }

    // What a plan gives, on memory full of NaN.
    private double[] Run<T>(ICrossPlan<T> plan)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T[] request = Unset<T>(plan.RequestLength), share = Unset<T>(plan.ShareScratch), scratch = Unset<T>(plan.RowScratch(Count));
        var y = new T[Count * Math.Max(1, Outputs)];
        T[] user = In<T>(_user), rows = In<T>(_rows);
        plan.Share(user, request, share);
        plan.Apply(user, request, rows, Stride, Count, scratch, y);
        return [.. y.Select(value => double.CreateChecked(value))];
    }

    private double[] Expected()
    {
        var all = new List<double>();
        for (int r = 0; r < Count; r++)
        {
            double[] x0 = [.. _user, .. _rows.AsSpan(r * Stride, Items)], x = x0;
            for (int l = 0; l < Depth; l++)
                x = Next(l, x0, x);
            if (Outputs == 0)
                all.Add(Row(Top, 0, x));
            for (int o = 0; o < Outputs; o++)
                all.Add(Math.Max(0, TopBias[o] + Row(Top, o, x)));
        }

        return [.. all];
    }

    private static T[] Unset<T>(int length)
        where T : IFloatingPointIeee754<T>
    {
        var memory = new T[length];
        Array.Fill(memory, T.NaN);
        return memory;
    }
}
