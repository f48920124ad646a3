using RecServe.Artifacts;
using RecServe.Cli.Bench;
using RecServe.Cli.Bench.Experts;
using RecServe.Compression.Experts;
using RecServe.Ranking;
using RecServe.Training.Metrics;

namespace RecServe.Cli.Prune;

/// <summary>One point of the curve of quality and time over the number of networks.</summary>
/// <param name="Networks">Networks of a layer.</param>
/// <param name="Method">How they were chosen; null for the source.</param>
/// <param name="Package">The package.</param>
/// <param name="Valid">Figures of the validation samples, by task.</param>
/// <param name="Requests">Scores requests by it.</param>
/// <param name="Times">Microseconds of those.</param>
internal sealed record PrunePoint(int Networks, ExpertMethod? Method, ModelPackage Package, IReadOnlyList<TaskMetrics> Valid, ScoredRequests Requests, ScoreSide Times)
{
    /// <summary>Mean AUC of the tasks.</summary>
    public double Auc => TaskMetrics.Mean(Valid).Auc;

    /// <summary>Rows that networks computed for a candidate, all layers together.</summary>
    public double ExpertRows
    {
        get
        {
            SparseArchitecture shape = Package.Architecture.Sparse!;
            var loads = (IExpertLoads)Requests.Scorer;
            return (double)loads.ExpertRows.Where((_, i) => i % shape.Experts < shape.Networks).Sum() / loads.LayerRows;
        }
    }

    /// <summary>Name in reports.</summary>
    public string Name => Method is { } method ? method.ToString().ToLowerInvariant() : "source";
}
