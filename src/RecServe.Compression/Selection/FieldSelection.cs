using System.Diagnostics;
using RecServe.Artifacts;
using RecServe.Compression.Folding;
using RecServe.Compression.Importance;
using RecServe.Compression.Networks;
using RecServe.Training.Data;
using RecServe.Training.Evaluation;
using RecServe.Training.Metrics;
using RecServe.Training.Networks;

namespace RecServe.Compression.Selection;

/// <summary>
/// Compares ways of choosing fields on one trained model: every method orders the fields on the same samples, then all but the first k are folded into
/// constants, the rest is trained a little, and the AUC is taken on samples that neither ordering nor training has seen.
/// </summary>
public static class FieldSelection
{
    /// <summary>Orders and measures.</summary>
    /// <param name="package">The model; it is not changed.</param>
    /// <param name="data">Learned from, ordered by, judged on.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told what is being done; may be null.</param>
    /// <param name="cancellation">Ends the work with an exception.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static SelectionResult Measure(ModelPackage package, CompressionData data, SelectionOptions options,
        IProgress<CompressionProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Repeats, 2);
        using var team = new ThreadTeam(options.Threads);
        var network = new PackageNetwork(package, options.Finetune.BatchSize, team);
        Dataset tune = network.Bind(data.Tune);
        progress?.Report(new CompressionProgress("ordering fields", 0, ""));
        long start = Stopwatch.GetTimestamp();
        double[] fast = FPermutation.Importance(network, tune, cancellation);
        double fastSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        start = Stopwatch.GetTimestamp();
        IReadOnlyList<PermutedLoss> exact = PermutationImportance.Measure(network, tune, options.Repeats, options.Finetune.Seed, cancellation);
        double exactSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var orders = new SortedDictionary<SelectionMethod, IReadOnlyList<int>>
        {
            [SelectionMethod.FPermutation] = FieldOrders.By(fast),
            [SelectionMethod.Permutation] = FieldOrders.By([.. exact.Select(loss => loss.LogLoss)]),
            [SelectionMethod.Random] = FieldOrders.ByChance(package.Fields.Count, options.Finetune.Seed),
        };
        int[] kept = [.. options.Kept.Where(k => k > 0 && k < package.Fields.Count).Distinct().Order()];
        if (kept.Length > 0)
            orders[SelectionMethod.LpfsPlusPlus] = FieldOrders.ByGates(package, data.Train, options, team, cancellation);
        if (kept.Length > 0 && package.Architecture.Kind == "mlp")
            orders[SelectionMethod.GroupLasso] = FieldOrders.ByLasso(package, data.Train, options, team, cancellation);
        progress?.Report(new CompressionProgress("ordering fields", 1, FormattableString.Invariant($"exact permutation took {exactSeconds:F1} s, F-Permutation {fastSeconds:F2} s")));

        var points = new List<SelectionPoint>();
        foreach ((SelectionMethod method, IReadOnlyList<int> order) in orders)
        {
            foreach (int k in kept)
            {
                SelectionPoint point = Keep(package, data, method, order, k, options, team, cancellation);
                points.Add(point);
                progress?.Report(new CompressionProgress("keeping fields", (double)points.Count / (orders.Count * kept.Length),
                    FormattableString.Invariant($"{SelectionNames.Of(method)}, {k} fields: AUC {point.Finetuned:F4}")));
            }
        }

        double full = Auc(package, data.Holdout, options.Threads);
        return new SelectionResult([.. package.Fields.Select(field => field.Name)], fast, exact, orders, points, full, fastSeconds, exactSeconds);
    }

    /// <summary>The model with all fields but the first <paramref name="kept"/> of an order folded; a side keeps its first field in any case.</summary>
    private static SelectionPoint Keep(ModelPackage package, CompressionData data, SelectionMethod method, IReadOnlyList<int> order, int kept,
        SelectionOptions options, ThreadTeam team, CancellationToken cancellation)
    {
        ModelPackage left = package;
        foreach (int field in order.Skip(kept).Reverse())
        {
            int at = left.Fields.ToList().FindIndex(other => other.Name == package.Fields[field].Name);
            if (FieldRemoval.Obstacle(left, at) is null)
                left = FieldRemoval.Remove(left, at, left.Tables[at].Mean);
        }

        Dataset Of(Dataset samples) => Reencoding.Of(samples, package, left);
        double folded = Auc(left, Of(data.Holdout), options.Threads);
        if (options.Finetune.Epochs == 0)
            return new SelectionPoint(method, kept, folded, folded);
        var network = new PackageNetwork(left, options.Finetune.BatchSize, team);
        Dataset train = network.Bind(Of(data.Train));
        Finetuning.Run(network, train, network.Bind(Of(data.Tune)), options.Finetune, team, null, cancellation);
        return new SelectionPoint(method, kept, folded, Auc(network.ToPackage(train), Of(data.Holdout), options.Threads));
    }

    private static double Auc(ModelPackage package, Dataset data, int threads) => RocCurve.Auc(Evaluator.Logits(package, data, threads), data.Labels, data.Weights);
}
