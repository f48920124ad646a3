namespace RecServe.Api.Rank;

/// <summary>One element of <c>items</c>.</summary>
/// <param name="Id">The item's id.</param>
/// <param name="Features">Its features in <see cref="RankRequest.Features"/>.</param>
internal readonly record struct Candidate(TextSlice Id, SliceRange Features);
