using RecServe.Kernels;
using RecServe.Training.Data;
using RecServe.Training.Networks;

namespace RecServe.Training.Tests.Networks;

/// <summary>The models once more, in double, sample by sample, written from their formulas alone: what the network is checked against.</summary>
internal sealed partial class ReferenceNetwork(NetworkShape shape, Dictionary<string, double[]> parameters)
{
    public Dictionary<string, double[]> Parameters { get; } = parameters;

    public static ReferenceNetwork Of(RankingNetwork network) => new(network.Shape, network.Parameters.Ranges.ToDictionary(
        range => range.Name, range => Array.ConvertAll(range.In(network.Parameters.Values).ToArray(), value => (double)value)));

    /// <summary>Logits of a batch in training mode: statistics of the batch, dropout masks of <paramref name="key"/>.</summary>
    public double[] TrainingLogits(Dataset data, int[] samples, double dropout, ulong key)
    {
        double[][] x = [.. samples.Select(s => Inputs(data, s, null).X)];
        double[][] crossed = [.. x.Select(Cross)];
        double[][] h = shape.Stacked ? crossed : x;
        for (int l = 0; l < shape.Hidden.Count; l++)
        {
            double[][] z = [.. h.Select(row => Linear($"mlp.{l}", row))];
            if (shape.BatchNorm)
                Normalize(z, l);
            for (int r = 0; r < z.Length; r++)
            {
                for (int i = 0; i < z[r].Length; i++)
                {
                    bool keeps = dropout == 0 || DropoutMask.Keeps(RankingNetwork.DropoutKey(key, l), (uint)((r * z[r].Length) + i), DropoutMask.Threshold((float)dropout));
                    z[r][i] = keeps ? Math.Max(0, z[r][i]) / (1 - dropout) : 0;
                }
            }

            h = z;
        }

        return [.. samples.Select((s, r) => Head(Inputs(data, s, null), crossed[r], h[r]))];
    }

    /// <summary>Mean logloss of a batch in training mode, weighted by the samples' weights.</summary>
    public double TrainingLoss(Dataset data, int[] samples, double dropout, ulong key)
    {
        if (shape.Tasks.Count > 0)
            return TaskLoss(data, samples, dropout, key);
        double[] logits = TrainingLogits(data, samples, dropout, key);
        double sum = 0, total = 0;
        for (int r = 0; r < samples.Length; r++)
        {
            double weight = data.Weights?[samples[r]] ?? 1, p = 1 / (1 + Math.Exp(-logits[r]));
            sum -= weight * (data.Labels[samples[r]] > 0.5 ? Math.Log(p) : Math.Log(1 - p));
            total += weight;
        }

        return sum / total;
    }

    /// <summary>Logit of one sample in evaluation mode.</summary>
    /// <param name="data">Data set.</param>
    /// <param name="sample">The sample.</param>
    /// <param name="statistics">Running means and variances, layer after layer; empty where they are folded in.</param>
    /// <param name="defaults">Row of each field for row −1.</param>
    public double EvaluationLogit(Dataset data, int sample, IReadOnlyList<float[]> statistics, double[][] defaults)
    {
        var inputs = Inputs(data, sample, defaults);
        if (shape.Tasks.Count > 0)
            return OneTaskLogit(inputs.X);
        double[] crossed = Cross(inputs.X), h = shape.Stacked ? crossed : inputs.X;
        for (int l = 0; l < shape.Hidden.Count; l++)
        {
            h = Linear($"mlp.{l}", h);
            for (int i = 0; i < h.Length; i++)
            {
                if (statistics.Count > 0)
                    h[i] = ((h[i] - statistics[2 * l][i]) / Math.Sqrt(statistics[(2 * l) + 1][i] + 1e-5) * Parameters[$"mlp.{l}.norm.scale"][i]) + Parameters[$"mlp.{l}.norm.shift"][i];
                h[i] = Math.Max(0, h[i]);
            }
        }

        return Head(inputs, crossed, h);
    }

    private (double[] X, double Linear) Inputs(Dataset data, int sample, double[][]? defaults)
    {
        var x = new List<double>();
        double linear = 0;
        for (int f = 0; f < shape.Fields.Count; f++)
        {
            FieldShape field = shape.Fields[f];
            DatasetColumn column = data.Columns[f];
            int start = column.Offsets?[sample] ?? sample, end = column.Offsets?[sample + 1] ?? (sample + 1);
            var pooled = new double[field.Width];
            for (int entry = start; entry < end; entry++)
            {
                for (int i = 0; i < field.Width; i++)
                {
                    int row = column.Rows[entry];
                    pooled[i] += (column.Weights?[entry] ?? 1) * (row < 0 ? defaults![f][i] : Parameters[$"table.{field.Name}"][(row * field.Width) + i]);
                }
            }

            x.AddRange(pooled.Take(field.Dim));
            linear += field.Linear ? pooled[field.Dim] : 0;
        }

        return ([.. x], linear);
    }

    private double[] Linear(string name, double[] x)
    {
        double[] weight = Parameters[$"{name}.weight"], y = [.. Parameters[$"{name}.bias"]];
        for (int o = 0; o < y.Length; o++)
        {
            for (int i = 0; i < x.Length; i++)
                y[o] += weight[(o * x.Length) + i] * x[i];
        }

        return y;
    }

    private double[] Cross(double[] x)
    {
        double[] current = x;
        for (int l = 0; l < shape.CrossLayers; l++)
            current = [.. (shape.CrossMixture is null ? Linear($"cross.{l}", current) : Mixture(l, current)).Select((u, i) => (x[i] * u) + current[i])];
        return current;
    }

    private void Normalize(double[][] z, int layer)
    {
        for (int i = 0; i < z[0].Length; i++)
        {
            double mean = z.Average(row => row[i]), variance = z.Average(row => (row[i] - mean) * (row[i] - mean));
            foreach (double[] row in z)
                row[i] = ((row[i] - mean) / Math.Sqrt(variance + 1e-5) * Parameters[$"mlp.{layer}.norm.scale"][i]) + Parameters[$"mlp.{layer}.norm.shift"][i];
        }
    }

    private double Head((double[] X, double Linear) inputs, double[] crossed, double[] h)
    {
        double logit = Parameters["head.bias"][0] + inputs.Linear;
        if (shape.Pairs)
        {
            int dim = shape.Fields[0].Dim;
            for (int f = 0; f < shape.Fields.Count; f++)
            {
                for (int g = f + 1; g < shape.Fields.Count; g++)
                {
                    for (int i = 0; i < dim; i++)
                        logit += inputs.X[(f * dim) + i] * inputs.X[(g * dim) + i];
                }
            }
        }

        if (shape.HeadWidth > 0)
        {
            double[] top = shape.Hidden.Count > 0 || shape.Stacked ? h : [];
            double[] read = shape.Parallel ? [.. crossed, .. top] : top;
            logit += read.Zip(Parameters["head.weight"], (a, b) => a * b).Sum();
        }

        return logit;
    }
}
