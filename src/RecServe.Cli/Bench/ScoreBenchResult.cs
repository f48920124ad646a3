using RecServe.Ranking;

namespace RecServe.Cli.Bench;

/// <summary>What <c>bench score</c> found.</summary>
/// <param name="Sides">The contenders: <c>plain</c>, <c>exact</c> and others.</param>
/// <param name="Gemm">Single layers.</param>
/// <param name="PeerName">The peer's name and version; null where there was none.</param>
/// <param name="Kept">The kept users; null where none were kept.</param>
/// <param name="Items">The kept items; null where none were kept.</param>
internal sealed record ScoreBenchResult(IReadOnlyList<ScoreSide> Sides, IReadOnlyList<GemmShare> Gemm, string? PeerName, KeptUsers? Kept, KeptItems? Items)
{
    /// <summary>What the core does in registers in the best third of a millisecond of the whole run.</summary>
    public double PeakGflops => Gemm.Max(layer => layer.HighestGflops);

    /// <summary>Share of the candidates of <c>items_kept</c> whose part was found, once the store was filled.</summary>
    public double ItemHitRate { get; init; }

    /// <summary>Share of the rows that each expert was asked for, layer by layer, plain and planned scoring together; empty where rows do not choose.</summary>
    public IReadOnlyList<double> Loads { get; init; } = [];

    /// <summary>A contender by its name, or null.</summary>
    public ScoreSide? Side(string name) => Sides.FirstOrDefault(side => side.Name == name);
}
