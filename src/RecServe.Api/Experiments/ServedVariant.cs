using RecServe.Api.Feedback;

namespace RecServe.Api.Experiments;

/// <summary>One variant of a loaded experiment, as rankings need it.</summary>
/// <param name="Experiment">Key of the experiment.</param>
/// <param name="Key">Key of the variant.</param>
/// <param name="Tally">What happens under it. An array of one, so that remembering a ranking in one experiment allocates nothing.</param>
internal sealed record ServedVariant(string Experiment, string Key, VariantTally[] Tally);
