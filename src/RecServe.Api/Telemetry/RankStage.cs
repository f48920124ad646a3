namespace RecServe.Api.Telemetry;

/// <summary>The stages of a ranking, as <c>recserve_rank_duration_seconds{stage}</c> names them in lower case.</summary>
internal enum RankStage
{
    Parse,
    Assign,
    Features,
    Extract,
    Gather,
    Score,
    Rank,
    Write,
    Total,
}
