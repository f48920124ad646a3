namespace RecServe.Cli.Demo;

/// <summary>What the server counted under one variant.</summary>
internal sealed record VariantOutcome(string Variant, string Model, long Rankings, long Shown, long Clicks)
{
    /// <summary>Clicks per shown item.</summary>
    public double ClickThroughRate => Shown == 0 ? 0 : (double)Clicks / Shown;

    /// <summary>Standard error of the rate, with the shown items taken as independent.</summary>
    public double StandardError => Shown == 0 ? 0 : Math.Sqrt(ClickThroughRate * (1 - ClickThroughRate) / Shown);
}
