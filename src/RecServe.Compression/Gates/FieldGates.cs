using RecServe.Artifacts;
using RecServe.Compression.Folding;
using RecServe.Compression.Networks;
using RecServe.Training.Data;
using RecServe.Training.Networks;

namespace RecServe.Compression.Gates;

/// <summary>
/// Feature selection by learned gates (LPFS and LPFS++, arXiv 2206.00267): one scalar a field, trained on the same batches as the network by a
/// gradient step and a soft threshold. What is closed at the end is exactly 0 and leaves without any change of a prediction.
/// </summary>
public static class FieldGates
{
    /// <summary>Trains gates, all starting at 1, from a trained package.</summary>
    /// <param name="package">The package; it is not changed.</param>
    /// <param name="train">Unbound samples to learn from.</param>
    /// <param name="options">How.</param>
    /// <param name="team">Threads that compute.</param>
    /// <param name="cancellation">Ends the work with an exception.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static GateResult Train(ModelPackage package, Dataset train, GateOptions options, ThreadTeam team, CancellationToken cancellation = default)
    {
        int batch = Math.Max(1, Math.Min(options.Finetune.BatchSize, train.Samples));
        var network = new PackageNetwork(package, batch, team);
        Dataset bound = network.Bind(train);
        var rows = new GatedRows(network, options, options.Finetune.Epochs * ((train.Samples + batch - 1) / batch));
        Finetuning.Run(network, bound, bound, options.Finetune with { KeepBest = false }, team, rows, cancellation);

        rows.Enter(network.Network.Parameters);
        ModelPackage gated = network.ToPackage(bound);
        return new GateResult(rows.Gates.ToArray(), rows.Scalars.ToArray(), gated, WithoutClosed(gated, rows.Gates));
    }

    /// <summary>The fields in order of importance by one run: open before closed, then by |x|.</summary>
    public static IReadOnlyList<int> Ranking(GateResult result) =>
        [.. Enumerable.Range(0, result.Gates.Count).OrderByDescending(f => Math.Abs(result.Scalars[f])).ThenBy(f => f)];

    /// <summary>One run for each λ, from the smallest up: how many fields stay and what they score.</summary>
    /// <param name="package">The package; it is not changed.</param>
    /// <param name="train">Unbound samples to learn from.</param>
    /// <param name="lambdas">Penalties to try.</param>
    /// <param name="options">How, but for λ.</param>
    /// <param name="team">Threads that compute.</param>
    /// <param name="cancellation">Ends the work with an exception.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static IReadOnlyList<(double Lambda, GateResult Result)> Sweep(ModelPackage package, Dataset train, IEnumerable<double> lambdas, GateOptions options,
        ThreadTeam team, CancellationToken cancellation = default) =>
        [.. lambdas.Order().Select(lambda => (lambda, Train(package, train, options with { Lambda = lambda }, team, cancellation)))];

    private static ModelPackage WithoutClosed(ModelPackage gated, ReadOnlySpan<double> gates)
    {
        ModelPackage left = gated;
        for (int f = gates.Length - 1; f >= 0; f--)
        {
            // A closed field that is the last of its side stays, as rows of zeros.
            if (gates[f] == 0 && FieldRemoval.Obstacle(left, f) is null)
                left = FieldRemoval.Remove(left, f, new float[left.Fields[f].Width]);
        }

        return left;
    }
}
