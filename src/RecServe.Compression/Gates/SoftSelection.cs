using RecServe.Artifacts;
using RecServe.Compression.Networks;
using RecServe.Training;
using RecServe.Training.Data;
using RecServe.Training.Networks;

namespace RecServe.Compression.Gates;

/// <summary>
/// Soft selection as in AutoField (arXiv 2204.09078), to compare with: each field has two logits, keep and drop; its gate is their Gumbel-softmax at
/// a falling temperature. The network learns on training batches, the logits on a validation batch every tenth step.
/// </summary>
public static class SoftSelection
{
    private const int Every = 10;
    private const double Start = 1, Least = 0.01, LogitRate = 0.02;

    /// <summary>Importance of every field: keep logit minus drop logit after training.</summary>
    /// <param name="package">The package; it is not changed.</param>
    /// <param name="train">Unbound samples that the network learns from.</param>
    /// <param name="valid">Unbound samples that the logits learn from.</param>
    /// <param name="options">Training of the network.</param>
    /// <param name="team">Threads that compute.</param>
    /// <param name="cancellation">Ends the work with an exception.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static double[] Importance(ModelPackage package, Dataset train, Dataset valid, FinetuneOptions options, ThreadTeam team, CancellationToken cancellation = default)
    {
        int batch = Math.Max(1, Math.Min(options.BatchSize, train.Samples));
        var network = new PackageNetwork(package, batch, team);
        ParameterStore parameters = network.Network.Parameters;
        (Dataset learn, Dataset judge) = (network.Bind(train), network.Bind(valid));
        var random = new SeededRandom(SeededRandom.Mix(options.Seed));
        var optimizer = new AdamOptimizer(parameters, new TrainingOptions { Model = ModelKind.Mlp, EmbeddingL2 = options.EmbeddingL2 }, team);
        ParameterRange[] tables = [.. package.Fields.Select(field => parameters[$"table.{field.Name}"])];
        var logits = new double[tables.Length];
        (double[] gates, double[] first, double[] second) = (new double[logits.Length], new double[logits.Length], new double[logits.Length]);
        float[] master = new float[parameters.TablesEnd];
        int[] order = [.. Enumerable.Range(0, train.Samples)];
        int steps = options.Epochs * ((order.Length + batch - 1) / batch), step = 0, at = 0;
        for (int epoch = 0; epoch < options.Epochs; epoch++)
        {
            random.Shuffle(order);
            for (int start = 0; start < order.Length; start += batch, step++)
            {
                cancellation.ThrowIfCancellationRequested();
                double temperature = Math.Max(Least, Start - ((Start - Least) * step / steps));
                bool judging = step % Every == Every - 1;
                Draw(logits, gates, temperature, random);
                parameters.Values.AsSpan(0, master.Length).CopyTo(master);
                for (int f = 0; f < tables.Length; f++)
                    Scale(tables[f].In(parameters.Values), gates[f]);
                SampleBatch samples = judging ? new SampleBatch(judge, null, at, Math.Min(batch, judge.Samples - at)) : new SampleBatch(learn, order, start, Math.Min(batch, order.Length - start));
                network.Network.Step(samples, 0);
                master.CopyTo(parameters.Values, 0);
                if (judging)
                {
                    at = at + batch >= judge.Samples ? 0 : at + batch;
                    for (int f = 0; f < logits.Length; f++)
                    {
                        double slope = gates[f] * (1 - gates[f]) / temperature;
                        Update(ref logits[f], Dot(tables[f].In(parameters.Values), tables[f].In(parameters.Gradients)) * slope, ref first[f], ref second[f], (step / Every) + 1);
                    }

                    Array.Clear(parameters.Gradients);
                    continue;
                }

                for (int f = 0; f < tables.Length; f++)
                    Scale(tables[f].In(parameters.Gradients), gates[f]);
                optimizer.Step(options.LearningRate);
            }
        }

        return logits;
    }

    private static void Draw(double[] logits, double[] gates, double temperature, SeededRandom random)
    {
        // The difference of two Gumbel variables is logistic.
        for (int f = 0; f < logits.Length; f++)
        {
            double u = Math.Clamp(random.NextDouble(), 1e-9, 1 - 1e-9);
            gates[f] = 1 / (1 + Math.Exp(-(logits[f] + Math.Log(u / (1 - u))) / temperature));
        }
    }

    private static void Update(ref double logit, double gradient, ref double first, ref double second, int step)
    {
        first = (0.9 * first) + (0.1 * gradient);
        second = (0.999 * second) + (0.001 * gradient * gradient);
        logit -= LogitRate * first / (1 - Math.Pow(0.9, step)) / (Math.Sqrt(second / (1 - Math.Pow(0.999, step))) + 1e-8);
    }

    private static void Scale(Span<float> values, double factor)
    {
        foreach (ref float value in values)
            value *= (float)factor;
    }

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += (double)a[i] * b[i];
        return sum;
    }
}
