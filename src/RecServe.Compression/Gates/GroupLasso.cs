using RecServe.Artifacts;
using RecServe.Compression.Networks;
using RecServe.Training.Data;
using RecServe.Training.Networks;

namespace RecServe.Compression.Gates;

/// <summary>
/// Group lasso on the first layer (Yuan, Lin 2006), to compare with: the weights that read a field shrink together,
/// W_f ← W_f · max(0, 1 − η·λ·√D / ‖W_f‖), and are 0 together or not at all.
/// </summary>
public static class GroupLasso
{
    /// <summary>Importance of every field: ‖W_f‖ · the deviation of its vectors after training, 0 for a field that was cut off.</summary>
    /// <param name="package">An mlp package; it is not changed.</param>
    /// <param name="train">Unbound samples to learn from.</param>
    /// <param name="lambda">λ.</param>
    /// <param name="options">Training.</param>
    /// <param name="team">Threads that compute.</param>
    /// <param name="cancellation">Ends the work with an exception.</param>
    /// <exception cref="ArgumentException">The model is no mlp: something else reads the embeddings too.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static double[] Importance(ModelPackage package, Dataset train, double lambda, FinetuneOptions options, ThreadTeam team, CancellationToken cancellation = default)
    {
        if (package.Architecture.Kind != "mlp")
            throw new ArgumentException($"group lasso needs a model whose first layer alone reads the embeddings: mlp, not {package.Architecture.Kind}", nameof(package));
        var network = new PackageNetwork(package, Math.Max(1, Math.Min(options.BatchSize, train.Samples)), team);
        Dataset bound = network.Bind(train);
        var rows = new ShrinkingBlocks(network, lambda);
        Finetuning.Run(network, bound, bound, options with { KeepBest = false }, team, rows, cancellation);
        return [.. package.Fields.Select((_, f) => rows.Norm(network.Network.Parameters, f) * Deviation(network, bound, f))];
    }

    /// <summary>Root of the summed variances of a field's vectors over the samples: a block of weights means nothing without the size of what it reads.</summary>
    private static double Deviation(PackageNetwork network, Dataset bound, int field)
    {
        int width = network.Network.Shape.Fields[field].Width;
        float[] table = network.TableOf(field).ToArray(), mean = FieldMeans.Of(table, width, bound.Columns[field], bound.Weights, bound.Samples);
        float[] squares = FieldMeans.Of([.. table.Select(x => x * x)], width, bound.Columns[field], bound.Weights, bound.Samples);
        return Math.Sqrt(squares.Zip(mean, (square, m) => Math.Max(0, square - (m * m))).Sum());
    }

    private sealed class ShrinkingBlocks(PackageNetwork network, double lambda) : IForwardRows
    {
        private readonly ParameterRange _weight = network.Network.Parameters["mlp.0.weight"];

        public void Enter(ParameterStore parameters)
        {
        }

        public void Leave(ParameterStore parameters)
        {
        }

        public void Stepped(ParameterStore parameters, double learningRate)
        {
            for (int f = 0; f < network.Network.Shape.Fields.Count; f++)
            {
                double norm = Norm(parameters, f), factor = norm > 0 ? Math.Max(0, 1 - (learningRate * lambda * Math.Sqrt(network.Network.Shape.Fields[f].Dim) / norm)) : 0;
                Each(parameters, f, (weights, at) => weights[at] *= (float)factor);
            }
        }

        public double Norm(ParameterStore parameters, int field)
        {
            double squares = 0;
            Each(parameters, field, (weights, at) => squares += (double)weights[at] * weights[at]);
            return Math.Sqrt(squares);
        }

        private void Each(ParameterStore parameters, int field, Action<float[], int> action)
        {
            int start = network.Network.Shape.Fields.Take(field).Sum(f => f.Dim), dim = network.Network.Shape.Fields[field].Dim;
            for (int row = 0; row < _weight.Rows; row++)
            {
                for (int i = 0; i < dim; i++)
                    action(parameters.Values, _weight.Offset + (row * _weight.Columns) + start + i);
            }
        }
    }
}
