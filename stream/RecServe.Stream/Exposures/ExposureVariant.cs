namespace RecServe.Stream;

/// <summary>The variant of an experiment that a ranking was made under.</summary>
/// <param name="Experiment">Key of the experiment.</param>
/// <param name="Variant">Key of the variant.</param>
/// <param name="Propensity">Chance of the variant among those that the experiment covers, 0 to 1.</param>
public readonly record struct ExposureVariant(string Experiment, string Variant, double Propensity);
