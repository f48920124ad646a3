namespace RecServe.Api.Rank;

/// <summary>One member of a <c>features</c> or <c>context</c> object.</summary>
/// <param name="Name">Feature name.</param>
/// <param name="Kind">What the value is.</param>
/// <param name="Text">The value of a string, number or boolean; for a list, a range of <see cref="RankRequest.Elements"/> (start, count).</param>
internal readonly record struct FeatureValue(TextSlice Name, FeatureValueKind Kind, TextSlice Text);
