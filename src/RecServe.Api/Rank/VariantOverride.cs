namespace RecServe.Api.Rank;

/// <summary>One member of <c>overrides.experiments</c>.</summary>
/// <param name="Experiment">Key of the experiment.</param>
/// <param name="Variant">Key of the variant to answer with.</param>
internal readonly record struct VariantOverride(TextSlice Experiment, TextSlice Variant);
