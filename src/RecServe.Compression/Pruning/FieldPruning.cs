using RecServe.Artifacts;
using RecServe.Compression.Folding;
using RecServe.Compression.Importance;
using RecServe.Compression.Networks;
using RecServe.Training.Data;
using RecServe.Training.Metrics;
using RecServe.Training.Networks;

namespace RecServe.Compression.Pruning;

/// <summary>SHARK's loop: rank fields by <see cref="FPermutation"/>, remove the lowest and fold its mean, train a little, repeat.</summary>
public static class FieldPruning
{
    /// <summary>Prunes a package.</summary>
    /// <param name="package">The package; it is not changed.</param>
    /// <param name="train">Unbound samples to learn from; the means that are folded are theirs.</param>
    /// <param name="valid">Unbound samples that importance and AUC are taken on.</param>
    /// <param name="options">When to stop.</param>
    /// <param name="team">Threads that compute.</param>
    /// <param name="progress">Told after every removal that is kept; may be null.</param>
    /// <param name="cancellation">Ends pruning with an exception.</param>
    /// <returns>The pruned package (the given one where nothing was removed) and the removals, in order.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static (ModelPackage Package, IReadOnlyList<PruneStep> Steps) Run(ModelPackage package, Dataset train, Dataset valid, PruneOptions options,
        ThreadTeam team, IProgress<PruneStep>? progress = null, CancellationToken cancellation = default)
    {
        var steps = new List<PruneStep>();
        int batch = Math.Max(1, Math.Min(options.Finetune.BatchSize, train.Samples));
        ModelPackage current = package;
        var network = new PackageNetwork(current, batch, team);
        double start = Auc(network, valid);
        while (Goes(current, options))
        {
            (Dataset knownTrain, Dataset knownValid) = (FieldRemoval.Project(train, package, current), FieldRemoval.Project(valid, package, current));
            double[] importance = FPermutation.Importance(network, network.Bind(knownValid), cancellation);
            int lowest = Enumerable.Range(0, importance.Length)
                .Where(f => current.Tables[f].Keys.Length > 0 && FieldRemoval.Obstacle(current, f) is null)
                .OrderBy(f => importance[f]).DefaultIfEmpty(-1).First();
            if (lowest < 0)
                break;
            string name = current.Fields[lowest].Name;
            Dataset bound = network.Bind(knownTrain);
            float[] mean = FieldMeans.Of(network.TableOf(lowest), current.Fields[lowest].Width, bound.Columns[lowest], bound.Weights, bound.Samples);
            ModelPackage next = FieldRemoval.Remove(current, lowest, mean);
            network = new PackageNetwork(next, batch, team);
            (knownTrain, knownValid) = (FieldRemoval.Project(train, package, next), FieldRemoval.Project(valid, package, next));
            bound = network.Bind(knownTrain);
            double auc = Finetuning.Run(network, bound, network.Bind(knownValid), options.Finetune, team, null, cancellation);
            if (start - auc > options.MaxAucDrop)
                break;
            current = network.ToPackage(bound);
            steps.Add(new PruneStep(name, importance[lowest], Kept(current), Bytes(current), auc));
            progress?.Report(steps[^1]);
        }

        return (current, steps);
    }

    /// <summary>Bytes of a package's keyed rows as fp32.</summary>
    public static long Bytes(ModelPackage package) => package.Tables.Sum(table => 4L * table.Keys.Length * table.Width);

    private static bool Goes(ModelPackage package, PruneOptions options) =>
        Kept(package) > options.KeepFields || (options.TargetBytes > 0 && Bytes(package) > options.TargetBytes);

    private static int Kept(ModelPackage package) => package.Tables.Count(table => table.Keys.Length > 0);

    private static double Auc(PackageNetwork network, Dataset valid) => RocCurve.Auc(network.Logits(network.Bind(valid)), valid.Labels, valid.Weights);
}
