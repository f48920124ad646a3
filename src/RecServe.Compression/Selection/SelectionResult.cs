using RecServe.Compression.Importance;
using RecServe.Kernels;

namespace RecServe.Compression.Selection;

/// <summary>Orders of a model's fields by several methods, and what they are worth.</summary>
/// <param name="Fields">Field names, in model order.</param>
/// <param name="Fast">F-Permutation importance of each, nats.</param>
/// <param name="Exact">Exact permutation importance of each.</param>
/// <param name="Orders">Fields from the most to the least important by each method.</param>
/// <param name="Points">AUC by method and number of fields kept.</param>
/// <param name="FullAuc">AUC on the holdout samples with every field, nothing trained since.</param>
/// <param name="FastSeconds">Time of F-Permutation.</param>
/// <param name="ExactSeconds">Time of exact permutation importance.</param>
public sealed record SelectionResult(IReadOnlyList<string> Fields, IReadOnlyList<double> Fast, IReadOnlyList<PermutedLoss> Exact,
    IReadOnlyDictionary<SelectionMethod, IReadOnlyList<int>> Orders, IReadOnlyList<SelectionPoint> Points, double FullAuc, double FastSeconds, double ExactSeconds)
{
    /// <summary>Fields whose exact importance exceeds twice its standard error, in model order.</summary>
    public IReadOnlyList<int> Certain { get; } = [.. Enumerable.Range(0, Exact.Count).Where(f => Exact[f].LogLoss > 2 * Exact[f].StandardError)];

    /// <summary>Spearman's correlation of F-Permutation with exact permutation importance over <see cref="Certain"/>.</summary>
    public double Spearman => RankCorrelation.Spearman([.. Certain.Select(f => Fast[f])], [.. Certain.Select(f => Exact[f].LogLoss)]);
}
