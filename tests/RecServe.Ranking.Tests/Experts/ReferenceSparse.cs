using RecServe.Artifacts;

namespace RecServe.Ranking.Tests;

/// <summary>moe by its formulas alone: one row at a time, every expert in plain loops, sorting for the choice.</summary>
internal sealed class ReferenceSparse(ModelPackage package)
{
    private readonly SparseArchitecture _a = package.Architecture.Sparse!;
    private readonly int _tasks = package.Architecture.Tasks.Count;

    /// <summary>Rows that each expert was asked for, layer after layer, over all calls.</summary>
    public long[] Loads { get; } = new long[package.Architecture.Sparse!.Layers * package.Architecture.Sparse.Experts];

    /// <summary>The logit of each task; the first <paramref name="users"/> numbers of x are the user's.</summary>
    public double[] Logits(double[] x, int users)
    {
        double[] h = [.. Product("stem.weight", x).Zip(Values("stem.bias"), (z, b) => Math.Max(0, z + b))], below = [];
        double[][] streams = [];
        for (int layer = 0; layer < _a.Layers; layer++)
        {
            double[] read = _a.UserInputs > 0 ? x[..users] : h;
            double[][] z = [.. Enumerable.Range(0, layer + 1 < _a.Layers ? 1 : _tasks).Select(r =>
            {
                double[] own = Product($"moe.{layer}.router.{r}.weight", read);
                return layer == 0 ? own : [.. own.Zip(Product($"moe.{layer}.router.{r}.residual.weight", below), (a, b) => a + b)];
            })];
            double[][] p = [.. z.Select(logits => logits.Select(v => Math.Exp(v - logits.Max()) / logits.Sum(w => Math.Exp(w - logits.Max()))).ToArray())];
            double[] mean = [.. Enumerable.Range(0, _a.Experts).Select(i => p.Average(one => one[i]))];
            double[][] gates = [.. p.Select(one => Gates(one, _a.OneSet ? mean : one))];
            for (int e = 0; e < _a.FirstZero; e++)
                Loads[(layer * _a.Experts) + e] += gates.Any(gate => gate[e] != 0) ? 1 : 0;
            double[] input = h;
            int at = layer;
            streams = [.. gates.Select(gate => input.Select((value, i) => value + gate.Select((g, e) => g == 0 ? 0 : g * Expert(at, e, input)[i]).Sum()).ToArray())];
            (h, below) = (streams[0], z[0]);
        }

        return [.. Enumerable.Range(0, _tasks).Select(t =>
        {
            double[] top = streams[t];
            for (int i = 0; i < _a.Tower.Count; i++)
                top = [.. Product($"tower.{t}.{i}.weight", top).Zip(Values($"tower.{t}.{i}.bias"), (v, b) => Math.Max(0, v + b))];
            return Values($"tower.{t}.head.bias")[0] + Values($"tower.{t}.head.weight").Zip(top, (w, v) => w * v).Sum();
        })];
    }

    private double[] Gates(double[] p, double[] decides)
    {
        int[] order = [.. Enumerable.Range(0, p.Length).OrderByDescending(i => decides[i]).ThenBy(i => i)];
        int count = _a.TopK;
        if (count == 0)
        {
            double sum = 0;
            while (count < order.Length && sum <= _a.TopP)
                sum += decides[order[count++]];
        }

        int[] chosen = [.. order.Take(count).Where(i => i < _a.FirstZero)];
        double total = _a.TopK > 0 ? chosen.Sum(i => p[i]) : 1;
        return [.. p.Select((value, i) => chosen.Contains(i) ? value / total : 0)];
    }

    private double[] Expert(int layer, int e, double[] h)
    {
        string prefix = $"moe.{layer}";
        if (e < _a.Networks)
        {
            double[] hidden = [.. Product($"{prefix}.expert.{e}.0.weight", h).Zip(Values($"{prefix}.expert.{e}.0.bias"), (z, b) => Math.Max(0, z + b))];
            return [.. Product($"{prefix}.expert.{e}.1.weight", hidden).Zip(Values($"{prefix}.expert.{e}.1.bias"), (z, b) => z + b)];
        }

        if (e >= _a.FirstCopy)
            return e < _a.FirstZero ? h : new double[h.Length];
        double[] mix = [.. Product($"{prefix}.constant.{e - _a.Networks}.weight", h).Select(Math.Exp)];
        return [.. h.Zip(Values($"{prefix}.constant.{e - _a.Networks}.vector"), (x, v) => ((mix[0] * x) + (mix[1] * v)) / mix.Sum())];
    }

    private double[] Product(string name, double[] x)
    {
        double[] w = Values(name);
        return [.. Enumerable.Range(0, w.Length / x.Length).Select(o => x.Select((value, i) => value * w[(o * x.Length) + i]).Sum())];
    }

    private double[] Values(string name) => [.. package.Tensor(name).Values.Select(value => (double)value)];
}
