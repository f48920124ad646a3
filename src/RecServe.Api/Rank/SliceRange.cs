namespace RecServe.Api.Rank;

/// <summary>A run of elements in one of a <see cref="RankRequest"/>'s lists.</summary>
/// <param name="First">Index of the first.</param>
/// <param name="Count">Number of elements.</param>
internal readonly record struct SliceRange(int First, int Count);
