namespace RecServe.Api.Shadow;

/// <summary>How the scores of two versions differ over the last requests that both have scored.</summary>
/// <param name="MeanDifference">Mean of |logit − logit|.</param>
/// <param name="P99Difference">99 % of the candidates differ by no more.</param>
/// <param name="RankCorrelation">Spearman's correlation of a request's scores, mean over the requests of two candidates or more; NaN where there is none.</param>
/// <param name="TopOverlap">Share of the returned items that the other version would have returned too, mean over the requests.</param>
internal sealed record ShadowFigures(double MeanDifference, double P99Difference, double RankCorrelation, double TopOverlap);
