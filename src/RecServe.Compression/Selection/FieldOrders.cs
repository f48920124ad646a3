using RecServe.Artifacts;
using RecServe.Compression.Gates;
using RecServe.Compression.Networks;
using RecServe.Training;
using RecServe.Training.Data;
using RecServe.Training.Networks;

namespace RecServe.Compression.Selection;

/// <summary>Orders of fields, the most important first; fields that a method cannot tell apart stand in model order.</summary>
internal static class FieldOrders
{
    /// <summary>By falling importance.</summary>
    public static IReadOnlyList<int> By(IReadOnlyList<double> importance) => [.. Enumerable.Range(0, importance.Count).OrderByDescending(f => importance[f]).ThenBy(f => f)];

    /// <summary>By how many penalties a field's gate survives, then by the sum of its scalars.</summary>
    public static IReadOnlyList<int> ByGates(ModelPackage package, Dataset train, SelectionOptions options, ThreadTeam team, CancellationToken cancellation)
    {
        var gates = new GateOptions { Finetune = options.Finetune with { Epochs = options.GateEpochs, LearningRate = new GateOptions().Finetune.LearningRate } };
        IReadOnlyList<(double Lambda, GateResult Result)> sweep = FieldGates.Sweep(package, train, options.Penalties, gates, team, cancellation);
        int Open(int field) => sweep.Count(entry => entry.Result.Gates[field] != 0);
        double Size(int field) => sweep.Sum(entry => Math.Abs(entry.Result.Scalars[field]));
        return [.. Enumerable.Range(0, package.Fields.Count).OrderByDescending(Open).ThenByDescending(Size).ThenBy(f => f)];
    }

    /// <summary>By the group lasso.</summary>
    public static IReadOnlyList<int> ByLasso(ModelPackage package, Dataset train, SelectionOptions options, ThreadTeam team, CancellationToken cancellation) =>
        By(GroupLasso.Importance(package, train, options.Lasso, options.Finetune with { Epochs = options.LassoEpochs }, team, cancellation));

    /// <summary>By chance.</summary>
    public static IReadOnlyList<int> ByChance(int fields, ulong seed)
    {
        int[] order = [.. Enumerable.Range(0, fields)];
        new SeededRandom(SeededRandom.Mix(seed)).Shuffle(order);
        return order;
    }
}
