namespace RecServe.Ranking;

/// <summary>How much work an <see cref="Explainer"/> does.</summary>
public sealed record ExplainOptions
{
    /// <summary>
    /// Field orders that are averaged where there is no closed form and enumeration costs more; default 16, 1 to 4,096. Every second
    /// order is the reverse of the one before: each pair of fields then stands in both orders, so whatever two fields do together is
    /// divided exactly and only what three or more do together is sampled.
    /// </summary>
    public int Orders { get; init; } = 16;

    /// <summary>Seed of the orders; default 1. Equal seeds give equal explanations.</summary>
    public int Seed { get; init; } = 1;
}
