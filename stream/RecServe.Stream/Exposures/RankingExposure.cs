namespace RecServe.Stream;

/// <summary>What one ranking returned, as messages carry it.</summary>
/// <param name="RankingId">The ranking.</param>
/// <param name="UserId">Its user; empty for none.</param>
/// <param name="Time">When it was answered, Unix milliseconds.</param>
/// <param name="Model">Name of the model that ranked.</param>
/// <param name="ModelVersion">Its version.</param>
/// <param name="Items">Ids of the items, in the order of the answer.</param>
/// <param name="Variants">The variants that chose the model or its settings; none that a request forced.</param>
public sealed record RankingExposure(string RankingId, string UserId, long Time, string Model, string ModelVersion, IReadOnlyList<string> Items, IReadOnlyList<ExposureVariant> Variants);
