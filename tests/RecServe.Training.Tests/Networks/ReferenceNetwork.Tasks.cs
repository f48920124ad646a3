using RecServe.Artifacts;
using RecServe.Kernels;
using RecServe.Training.Data;
using RecServe.Training.Networks;

namespace RecServe.Training.Tests.Networks;

internal sealed partial class ReferenceNetwork
{
    // Σ_t weight_t · mean over the samples whose label is known.
    private double TaskLoss(Dataset data, int[] samples, double dropout, ulong key)
    {
        double loss = 0;
        List<(double[] P, bool[] Chosen)>[] routings = [.. Enumerable.Range(0, shape.Sparse?.Layers ?? 0).Select(_ => new List<(double[], bool[])>())];
        double[][] logits = [.. samples.Select((sample, row) =>
        {
            double Keep(int number, int layer, int unit, int width) => dropout == 0 ? 1
                : DropoutMask.Keeps(Perceptron.DropoutKey(key, number, layer), (uint)((row * width) + unit), DropoutMask.Threshold((float)dropout)) ? 1 / (1 - dropout) : 0;
            double[] x = Inputs(data, sample, null).X;
            return shape.Sparse is null ? TaskLogits(x, Keep) : SparseLogits(x, Keep, routings);
        })];
        if (shape.Sparse is not null)
            loss += RoutingLoss(routings);
        for (int task = 0; task < shape.Tasks.Count; task++)
        {
            double sum = 0, total = 0;
            for (int r = 0; r < samples.Length; r++)
            {
                float label = data.LabelsOf(task)[samples[r]];
                if (float.IsNaN(label))
                    continue;
                double weight = data.Weights?[samples[r]] ?? 1, p = 1 / (1 + Math.Exp(-logits[r][task]));
                sum -= weight * (label > 0.5 ? Math.Log(p) : Math.Log(1 - p));
                total += weight;
            }

            loss += (shape.LossWeights.Count > 0 ? shape.LossWeights[task] : 1) * sum / total;
        }

        return loss;
    }

    /// <summary>Logit of a model with one task, in evaluation mode.</summary>
    private double OneTaskLogit(double[] x)
    {
        List<(double[] P, bool[] Chosen)>[] routings = [.. Enumerable.Range(0, shape.Sparse?.Layers ?? 0).Select(_ => new List<(double[], bool[])>())];
        return Assert.Single(shape.Sparse is null ? TaskLogits(x, (_, _, _, _) => 1) : SparseLogits(x, (_, _, _, _) => 1, routings));
    }

    // keep(number of the perceptron, layer, unit, width): 0 for a dropped unit, else what it is scaled by.
    private double[] TaskLogits(double[] x, Func<int, int, int, int, double> keep)
    {
        ExpertArchitecture a = shape.Experts!;
        int tasks = shape.Tasks.Count, each = a.Shared + (tasks * a.Specific);
        double[][] streams = [.. Enumerable.Repeat(x, tasks + 1)];
        for (int layer = 0; layer < a.Layers; layer++)
        {
            double[][] y = [.. Enumerable.Range(0, each).Select(e =>
                Hidden($"expert.{layer}.{e}", a.Widths.Count, (layer * each) + e, streams[e < a.Shared ? tasks : (e - a.Shared) / a.Specific], keep))];
            streams = [.. Enumerable.Range(0, tasks + (layer + 1 < a.Layers ? 1 : 0)).Select(g =>
            {
                int[] seen = [.. Enumerable.Range(0, each).Where(e => g == tasks || e < a.Shared || (e - a.Shared) / a.Specific == g)];
                double[] z = Linear(g == tasks ? $"gate.{layer}.shared" : $"gate.{layer}.{g}", streams[g]);
                if (a.TopK > 0)
                {
                    seen = [.. Enumerable.Range(0, z.Length).OrderByDescending(k => z[k]).ThenBy(k => k).Take(a.TopK)];
                    z = [.. seen.Select(k => z[k])];
                }

                double sum = z.Sum(Math.Exp);
                return Enumerable.Range(0, y[0].Length).Select(i => seen.Select((e, k) => Math.Exp(z[k]) / sum * y[e][i]).Sum()).ToArray();
            })];
        }

        return [.. Enumerable.Range(0, tasks).Select(t => Parameters[$"tower.{t}.head.bias"][0]
            + Hidden($"tower.{t}", a.Tower.Count, (1 << 16) + t, streams[t], keep).Zip(Parameters[$"tower.{t}.head.weight"], (h, w) => h * w).Sum())];
    }

    private double[] Hidden(string name, int layers, int number, double[] x, Func<int, int, int, int, double> keep)
    {
        for (int l = 0; l < layers; l++)
        {
            double[] z = Linear($"{name}.{l}", x);
            x = [.. z.Select((value, unit) => Math.Max(0, value) * keep(number, l, unit, z.Length))];
        }

        return x;
    }
}
