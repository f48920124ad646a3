using RecServe.Ranking;

namespace RecServe.Api.Models;

/// <summary>What a scorer with sparse experts has counted at one moment.</summary>
/// <param name="LayerRows">Rows that went through a layer.</param>
/// <param name="ExpertRows">Rows that each expert was asked for, layer after layer.</param>
internal sealed record ExpertCounts(long LayerRows, IReadOnlyList<long> ExpertRows)
{
    /// <summary>The counts now.</summary>
    public static ExpertCounts Of(IExpertLoads loads) => new(loads.LayerRows, loads.ExpertRows);
}
