using RecServe.Artifacts;
using RecServe.Kernels;
using RecServe.Training.Networks;

namespace RecServe.Training.Tests.Networks;

internal sealed partial class ReferenceNetwork
{
    /// <summary>Losses of the routers over a batch, from what <see cref="SparseLogits"/> noted of each row.</summary>
    private double RoutingLoss(List<(double[] P, bool[] Chosen)>[] layers)
    {
        SparseArchitecture a = shape.Sparse!;
        double loss = 0;
        foreach (List<(double[] P, bool[] Chosen)> routings in layers)
        {
            double Share(int i) => i < a.Networks ? 0.75 : 1;
            double[] f = [.. Enumerable.Range(0, a.Experts).Select(i => routings.Average(one => one.Chosen[i] ? 1.0 : 0))];
            double[] p = [.. Enumerable.Range(0, a.Experts).Select(i => routings.Average(one => one.P[i]))];
            double shares = Enumerable.Range(0, a.Experts).Sum(Share);
            for (int i = 0; i < a.Experts; i++)
            {
                double over = Math.Max(0, f[i] - (1.1 * f.Sum() * Share(i) / shares));
                loss += a.Experts * p[i] * ((shape.Routing.Balance * Share2(i) * f[i]) + (shape.Routing.Capacity * over));
            }

            loss -= shape.Routing.Entropy * routings.Average(one => one.P.Sum(q => q * Math.Log(q)));
            double Share2(int i) => i < a.Networks ? 1 : 0.75;
        }

        return loss;
    }

    private double[] SparseLogits(double[] x, Func<int, int, int, int, double> keep, List<(double[] P, bool[] Chosen)>[]? routings)
    {
        SparseArchitecture a = shape.Sparse!;
        double[] h = [.. Linear("stem", x).Select((value, unit) => Math.Max(0, value) * keep(0, 0, unit, a.Width))], below = [];
        double[][] streams = [];
        for (int layer = 0; layer < a.Layers; layer++)
        {
            double[] input = h, read = a.UserInputs > 0 ? x[..a.UserInputs] : h;
            string prefix = $"moe.{layer}";
            double[][] z = [.. Enumerable.Range(0, layer + 1 < a.Layers ? 1 : shape.Tasks.Count).Select(r =>
            {
                double[] own = Product($"{prefix}.router.{r}.weight", read);
                return layer == 0 ? own : [.. own.Zip(Product($"{prefix}.router.{r}.residual.weight", below), (u, v) => u + v)];
            })];
            double[][] p = [.. z.Select(logits => logits.Select(v => Math.Exp(v) / logits.Sum(Math.Exp)).ToArray())];
            streams = [.. p.Select(one =>
            {
                double[] decides = a.OneSet ? [.. one.Select((_, i) => p.Average(other => other[i]))] : one;
                int[] order = [.. Enumerable.Range(0, one.Length).OrderByDescending(i => decides[i]).ThenBy(i => i)];
                int count = a.TopK;
                for (double sum = 0; a.TopK == 0 && count < order.Length && sum <= (float)a.TopP; count++)
                    sum += decides[order[count]];
                int[] chosen = order[..count];
                routings?[layer].Add((one, [.. one.Select((_, i) => chosen.Contains(i))]));
                double total = a.TopK > 0 ? chosen.Where(i => i < a.FirstZero).Sum(i => one[i]) : 1;
                double[] sumOf = [.. input];
                foreach (int e in chosen.Where(i => i < a.FirstZero))
                {
                    double[] y = SparseExpert(prefix, e, input);
                    for (int i = 0; i < y.Length; i++)
                        sumOf[i] += one[e] / total * y[i];
                }

                return sumOf;
            })];
            (h, below) = (streams[0], z[0]);
        }

        return [.. Enumerable.Range(0, shape.Tasks.Count).Select(t => Parameters[$"tower.{t}.head.bias"][0]
            + Hidden($"tower.{t}", a.Tower.Count, (1 << 16) + t, streams[t], keep).Zip(Parameters[$"tower.{t}.head.weight"], (u, w) => u * w).Sum())];
    }

    private double[] SparseExpert(string prefix, int e, double[] h)
    {
        SparseArchitecture a = shape.Sparse!;
        if (e < a.Networks)
            return Linear($"{prefix}.expert.{e}.1", [.. Linear($"{prefix}.expert.{e}.0", h).Select(z => Math.Max(0, z))]);
        if (e >= a.FirstCopy)
            return h;
        double[] mix = [.. Product($"{prefix}.constant.{e - a.Networks}.weight", h).Select(Math.Exp)];
        return [.. h.Zip(Parameters[$"{prefix}.constant.{e - a.Networks}.vector"], (u, v) => ((mix[0] * u) + (mix[1] * v)) / mix.Sum())];
    }

    private double[] Product(string name, double[] x)
    {
        double[] w = Parameters[name];
        return [.. Enumerable.Range(0, w.Length / x.Length).Select(o => x.Select((value, i) => value * w[(o * x.Length) + i]).Sum())];
    }
}
