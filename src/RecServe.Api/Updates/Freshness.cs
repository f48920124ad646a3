namespace RecServe.Api.Updates;

/// <summary>How fresh a ranking's rows are: taken before the rows are gathered, so that it promises no more than what they show.</summary>
/// <param name="StalenessMs">How old the oldest update may be that is not applied yet, in milliseconds.</param>
/// <param name="Applied">Freshness token of what is applied; null before the first update.</param>
/// <param name="State">The update stream in a word: <c>local</c> where no stream is configured, else what /health/ready says.</param>
internal sealed record Freshness(long StalenessMs, string? Applied, string State);
