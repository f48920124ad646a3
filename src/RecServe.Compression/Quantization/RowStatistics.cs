using RecServe.Compression.Networks;
using RecServe.Training.Data;
using RecServe.Training.Networks;

namespace RecServe.Compression.Quantization;

/// <summary>What one pass over samples tells of every row: how much the loss minds changes of its numbers.</summary>
/// <param name="Lookups">For each table, how often each row (the default row last) was looked up, samples weighed.</param>
/// <param name="Fisher">
/// For each table, [rows, width]: the diagonal of the Fisher information, mean over all samples of p(1−p)·(∂logit/∂number)². Half of it times a
/// squared change of the number is the expected rise of the mean logloss to second order.
/// </param>
public sealed record RowStatistics(IReadOnlyList<double[]> Lookups, IReadOnlyList<double[]> Fisher)
{
    /// <summary>Collects them: one forward and backward pass.</summary>
    /// <param name="network">The model.</param>
    /// <param name="data">Bound samples; their labels do not matter, their weights do.</param>
    /// <param name="cancellation">Ends the pass with an exception.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static RowStatistics Collect(PackageNetwork network, Dataset data, CancellationToken cancellation = default)
    {
        RankingNetwork net = network.Network;
        IReadOnlyList<FieldShape> fields = net.Shape.Fields;
        double[][] lookups = [.. fields.Select(field => new double[field.Rows])], fisher = [.. fields.Select(field => new double[field.Rows * field.Width])];
        double total = 0;
        for (int start = 0; start < data.Samples; start += net.BatchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            var batch = new SampleBatch(data, null, start, Math.Min(net.BatchSize, data.Samples - start));
            net.Step(batch, 0);
            double weights = 0;
            for (int r = 0; r < batch.Count; r++)
                weights += data.Weights?[batch[r]] ?? 1;
            total += weights;
            for (int r = 0; r < batch.Count; r++)
                Add(net, batch, r, weights, lookups, fisher);
        }

        foreach (double[] table in fisher)
        {
            for (int i = 0; total > 0 && i < table.Length; i++)
                table[i] /= total;
        }

        return new RowStatistics(lookups, fisher);
    }

    private static void Add(RankingNetwork net, in SampleBatch batch, int row, double weights, double[][] lookups, double[][] fisher)
    {
        int sample = batch[row], input = row * net.Shape.InputWidth;
        double weight = batch.Data.Weights?[sample] ?? 1, gradient = net.LogitGradients[row];
        if (weight <= 0)
            return;

        // ∂loss/∂logit = (p − y) · weight / weights gives p back, and dividing by it turns gradients of the loss into those of the logit.
        double residual = gradient * weights / weight, p = batch.Data.Labels[sample] + residual;
        double scale = Math.Abs(residual) < 1e-7 ? 0 : weight * p * (1 - p) / (gradient * gradient);
        for (int f = 0; f < fisher.Length; f++)
        {
            FieldShape field = net.Shape.Fields[f];
            DatasetColumn column = batch.Data.Columns[f];
            ReadOnlySpan<float> g = net.InputGradients.Slice(input, field.Dim);
            int start = column.Offsets?[sample] ?? sample, end = column.Offsets?[sample + 1] ?? (sample + 1);
            for (int entry = start; entry < end; entry++)
            {
                double factor = column.Weights?[entry] ?? 1, share = scale * factor * factor;
                lookups[f][column.Rows[entry]] += weight;
                Span<double> target = fisher[f].AsSpan(column.Rows[entry] * field.Width, field.Width);
                for (int i = 0; i < field.Dim; i++)
                    target[i] += share * g[i] * g[i];
                if (field.Linear)
                    target[field.Dim] += share * gradient * gradient;
            }

            input += field.Dim;
        }
    }
}
