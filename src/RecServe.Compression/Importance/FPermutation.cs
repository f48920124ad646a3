using RecServe.Compression.Networks;
using RecServe.Training.Data;
using RecServe.Training.Networks;

namespace RecServe.Compression.Importance;

/// <summary>
/// F-Permutation (SHARK, arXiv 2308.09395): how much each field matters, from one backward pass. Replacing a sample's vector e of a field by one
/// drawn from the field's own distribution, of mean m, changes the loss by ⟨∂loss/∂e, m − e⟩ to first order; a field's importance is the mean of
/// its absolute value over the samples. Taken per sample: signed values cancel, since at an optimum every row's gradient sums to 0.
/// </summary>
/// <remarks>A field that is noise does not get 0: its vectors differ a little and so do its gradients. Compare importances; do not test them for 0.</remarks>
public static class FPermutation
{
    /// <summary>Importance of every field, in nats of logloss, in model order.</summary>
    /// <param name="network">The model.</param>
    /// <param name="data">Bound samples with labels, best the validation samples; weights of samples weigh them.</param>
    /// <param name="cancellation">Ends the pass with an exception.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static double[] Importance(PackageNetwork network, Dataset data, CancellationToken cancellation = default)
    {
        RankingNetwork net = network.Network;
        NetworkShape shape = net.Shape;
        float[][] means = [.. shape.Fields.Select((field, f) => FieldMeans.Of(network.TableOf(f), field.Width, data.Columns[f], data.Weights, data.Samples))];
        var sums = new double[shape.Fields.Count];
        double total = 0;
        for (int start = 0; start < data.Samples; start += net.BatchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            var batch = new SampleBatch(data, null, start, Math.Min(net.BatchSize, data.Samples - start));
            net.Step(batch, 0);

            // The step's gradients are those of the mean loss; times the weight of the batch they are those of the summed loss.
            double weight = 0;
            for (int r = 0; r < batch.Count; r++)
                weight += data.Weights?[batch[r]] ?? 1;
            total += weight;
            for (int r = 0; r < batch.Count; r++)
                Add(network, batch, r, means, weight, sums);
        }

        return [.. sums.Select(sum => total > 0 ? sum / total : 0)];
    }

    private static void Add(PackageNetwork network, in SampleBatch batch, int row, float[][] means, double weight, double[] sums)
    {
        RankingNetwork net = network.Network;
        int input = row * net.Shape.InputWidth;
        for (int f = 0; f < sums.Length; f++)
        {
            FieldShape field = net.Shape.Fields[f];
            ReadOnlySpan<float> e = net.Inputs.Slice(input, field.Dim), gradient = net.InputGradients.Slice(input, field.Dim);
            double delta = 0;
            for (int i = 0; i < field.Dim; i++)
                delta += gradient[i] * ((double)means[f][i] - e[i]);
            if (field.Linear)
                delta += net.LogitGradients[row] * (means[f][field.Dim] - FirstOrder(network, f, batch.Data.Columns[f], batch[row]));
            sums[f] += Math.Abs(delta) * weight;
            input += field.Dim;
        }
    }

    private static double FirstOrder(PackageNetwork network, int field, DatasetColumn column, int sample)
    {
        ReadOnlySpan<float> table = network.TableOf(field);
        FieldShape shape = network.Network.Shape.Fields[field];
        int start = column.Offsets?[sample] ?? sample, end = column.Offsets?[sample + 1] ?? (sample + 1);
        double sum = 0;
        for (int entry = start; entry < end; entry++)
            sum += (column.Weights?[entry] ?? 1) * table[(column.Rows[entry] * shape.Width) + shape.Dim];
        return sum;
    }
}
