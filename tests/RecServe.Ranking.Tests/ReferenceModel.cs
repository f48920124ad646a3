using RecServe.Artifacts;

namespace RecServe.Ranking.Tests;

/// <summary>The models' formulas in double precision and plain loops, row by row; shares nothing with the scorers but the package.</summary>
internal sealed class ReferenceModel(ModelPackage package)
{
    /// <summary>The logit of one row given as field vectors (embedding, then first-order weight), in package order.</summary>
    public double Logit(double[][] fields)
    {
        ModelArchitecture a = package.Architecture;
        double[][] e = [.. fields.Select((vector, f) => vector[..package.Fields[f].Dim])];
        double logit = Values("head.bias")[0];
        if (a.Kind is "lr" or "fm" or "deepfm")
            logit += fields.Sum(vector => vector[^1]);
        if (a.Kind is "fm" or "deepfm")
        {
            for (int f = 0; f < e.Length; f++)
            {
                for (int g = f + 1; g < e.Length; g++)
                    logit += Inner(e[f], e[g]);
            }
        }

        if (a.Kind is "lr" or "fm")
            return logit;
        double[] x = [.. e.SelectMany(vector => vector)];
        double[] h = (a.Kind, a.Structure) switch
        {
            ("dcnv2", "parallel") => [.. Cross(x), .. Mlp(x)],
            ("dcnv2", _) => Mlp(Cross(x)),
            _ => Mlp(x),
        };
        return logit + Inner(Values("head.weight"), h);
    }

    /// <summary>Rows that each expert of mmoe with top_k was asked for, over all calls.</summary>
    public SortedDictionary<int, long> Loads { get; } = new(Enumerable.Range(0, package.Architecture.Experts?.Shared ?? 0).ToDictionary(e => e, _ => 0L));

    /// <summary>The logit of each task.</summary>
    public double[] TaskLogits(double[][] fields)
    {
        double[] x = [.. fields.SelectMany((vector, f) => vector[..package.Fields[f].Dim])];
        ExpertArchitecture a = package.Architecture.Experts!;
        int tasks = package.Architecture.Tasks.Count;
        double[][] streams = [.. Enumerable.Repeat(x, tasks + 1)];
        var taken = new HashSet<int>();
        for (int layer = 0; layer < a.Layers; layer++)
        {
            // Shared experts read the last stream, then come each task's own.
            double[][] y = [.. Enumerable.Range(0, a.Shared + (tasks * a.Specific)).Select(e =>
                Perceptron($"expert.{layer}.{e}", a.Widths.Count, streams[e < a.Shared ? tasks : (e - a.Shared) / a.Specific]))];
            streams = [.. Enumerable.Range(0, tasks + (layer + 1 < a.Layers ? 1 : 0)).Select(g =>
            {
                int[] seen = [.. Enumerable.Range(0, y.Length).Where(e => g == tasks || e < a.Shared || (e - a.Shared) / a.Specific == g)];
                double[] z = Dense(g == tasks ? $"gate.{layer}.shared" : $"gate.{layer}.{g}", streams[g]);
                if (a.TopK > 0)
                {
                    int[] order = [.. Enumerable.Range(0, z.Length).OrderByDescending(k => z[k]).ThenBy(k => k)];
                    seen = [.. order.Take(a.TopK)];
                    z = [.. seen.Select(k => z[k])];
                    foreach (int e in seen)
                        taken.Add(e);
                }

                double sum = z.Sum(Math.Exp);
                return Enumerable.Range(0, y[0].Length).Select(i => seen.Select((e, k) => Math.Exp(z[k]) / sum * y[e][i]).Sum()).ToArray();
            })];
        }

        foreach (int e in taken)
            Loads[e]++;
        return [.. Enumerable.Range(0, tasks).Select(t =>
            Values($"tower.{t}.head.bias")[0] + Inner(Values($"tower.{t}.head.weight"), Perceptron($"tower.{t}", a.Tower.Count, streams[t])))];
    }

    /// <summary>The logit of the mean of the tasks' probabilities by their rank weights.</summary>
    public double RankLogit(double[] tasks)
    {
        IReadOnlyList<PackageTask> all = package.Architecture.Tasks;
        double p = tasks.Select((logit, t) => all[t].RankWeight / (1 + Math.Exp(-logit))).Sum() / all.Sum(task => task.RankWeight);
        return Math.Log(p / (1 - p));
    }

    private double[] Perceptron(string name, int layers, double[] x)
    {
        for (int i = 0; i < layers; i++)
            x = [.. Dense($"{name}.{i}", x).Select(z => Math.Max(0, z))];
        return x;
    }

    private double[] Mlp(double[] x)
    {
        for (int i = 0; i < package.Architecture.Hidden.Count; i++)
            x = [.. Dense($"mlp.{i}", x).Select(z => Math.Max(0, z))];
        return x;
    }

    private double[] Cross(double[] x0)
    {
        double[] x = x0;
        for (int l = 0; l < package.Architecture.CrossLayers; l++)
        {
            double[] z = package.Architecture.CrossMixture is null ? Dense($"cross.{l}", x) : Mixture(l, x);
            x = [.. x.Select((value, i) => x0[i] * z[i] + value)];
        }

        return x;
    }

    // Σ_k p_k · (U_k · tanh(C_k · tanh(V_k · x)) + b), expert by expert.
    private double[] Mixture(int layer, double[] x)
    {
        int experts = package.Architecture.CrossMixture!.Experts, rank = package.Architecture.CrossMixture.Rank;
        double[] v = Values($"cross.{layer}.in.weight"), c = Values($"cross.{layer}.core.weight"), u = Values($"cross.{layer}.out.weight"), b = Values($"cross.{layer}.bias"), g = Values("cross.gate.weight");
        double[] p = [.. Enumerable.Range(0, experts).Select(k => Math.Exp(Row(g, k, x)))], sums = new double[x.Length];
        for (int k = 0; k < experts; k++)
        {
            double[] inner = [.. Enumerable.Range(k * rank, rank).Select(row => Math.Tanh(Row(v, row, x)))];
            double[] outer = [.. Enumerable.Range(k * rank, rank).Select(row => Math.Tanh(Row(c, row, inner)))];
            for (int i = 0; i < x.Length; i++)
                sums[i] += p[k] / p.Sum() * (b[i] + Inner(u[(((i * experts) + k) * rank)..(((i * experts) + k + 1) * rank)], outer));
        }

        return sums;
    }

    private static double Row(double[] w, int row, double[] x) => Inner(w[(row * x.Length)..((row + 1) * x.Length)], x);

    private double[] Dense(string name, double[] x)
    {
        double[] w = Values($"{name}.weight"), b = Values($"{name}.bias");
        return [.. b.Select((bias, o) => bias + Inner(w[(o * x.Length)..((o + 1) * x.Length)], x))];
    }

    private double[] Values(string name) => [.. package.Dense.Single(tensor => tensor.Name == name).Values.Select(value => (double)value)];

    private static double Inner(double[] a, double[] b)
    {
        Assert.Equal(a.Length, b.Length);
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }
}
