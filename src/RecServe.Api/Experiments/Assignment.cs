namespace RecServe.Api.Experiments;

/// <summary>The variant a request got of one experiment.</summary>
/// <param name="Variant">The variant.</param>
/// <param name="Propensity">Probability with which a user in the experiment gets it; 1 where the request asked for it by name.</param>
/// <param name="Forced">Whether the request asked for it by name: it then counts neither as an exposure nor in the results.</param>
internal readonly record struct Assignment(ServedVariant Variant, double Propensity, bool Forced);
