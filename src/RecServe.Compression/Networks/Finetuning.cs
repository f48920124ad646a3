using RecServe.Training;
using RecServe.Training.Data;
using RecServe.Training.Metrics;
using RecServe.Training.Networks;

namespace RecServe.Compression.Networks;

/// <summary>Trains a package further on bound samples; the same seed gives the same result on any number of threads.</summary>
public static class Finetuning
{
    /// <summary>Trains in place and keeps the best state by validation AUC, the starting state among them, or the last one.</summary>
    /// <param name="network">What is trained.</param>
    /// <param name="train">Bound samples to learn from.</param>
    /// <param name="valid">Bound samples that choose the epoch.</param>
    /// <param name="options">How.</param>
    /// <param name="team">Threads that compute.</param>
    /// <param name="rows">What the forward pass reads, in training and in validation; null for the parameters as they are.</param>
    /// <param name="cancellation">Ends training with an exception.</param>
    /// <returns>Validation AUC of the state that was kept; NaN where <see cref="FinetuneOptions.KeepBest"/> is off.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static double Run(PackageNetwork network, Dataset train, Dataset valid, FinetuneOptions options, ThreadTeam team,
        IForwardRows? rows = null, CancellationToken cancellation = default)
    {
        ParameterStore parameters = network.Network.Parameters;
        var optimizer = new AdamOptimizer(parameters, new TrainingOptions { Model = ModelKind.Mlp, EmbeddingL2 = options.EmbeddingL2 }, team);
        var random = new SeededRandom(SeededRandom.Mix(options.Seed));
        int[] order = [.. Enumerable.Range(0, train.Samples)];
        double best = options.KeepBest ? ValidAuc(network, valid, rows) : double.NaN;
        float[] kept = [.. parameters.Values];
        int batch = Math.Min(options.BatchSize, network.Network.BatchSize);
        for (int epoch = 0; epoch < options.Epochs; epoch++)
        {
            random.Shuffle(order);
            for (int start = 0; start < order.Length; start += batch)
            {
                cancellation.ThrowIfCancellationRequested();
                rows?.Enter(parameters);
                network.Network.Step(new SampleBatch(train, order, start, Math.Min(batch, order.Length - start)), 0);
                rows?.Leave(parameters);
                optimizer.Step(options.LearningRate);
                rows?.Stepped(parameters, options.LearningRate);
            }

            if (!options.KeepBest)
                continue;
            double auc = ValidAuc(network, valid, rows);
            if (!(auc > best))
                continue;
            best = auc;
            parameters.Values.CopyTo(kept, 0);
        }

        if (options.KeepBest)
            kept.CopyTo(parameters.Values, 0);
        return best;
    }

    private static double ValidAuc(PackageNetwork network, Dataset valid, IForwardRows? rows)
    {
        rows?.Enter(network.Network.Parameters);
        float[] logits = network.Logits(valid);
        rows?.Leave(network.Network.Parameters);
        return RocCurve.Auc(logits, valid.Labels, valid.Weights);
    }
}
