namespace RecServe.Cli.Demo;

/// <summary>Size of the generated market. The defaults train both models in well under a minute on two cores.</summary>
internal sealed record MarketOptions
{
    /// <summary>Seed of everything: tastes, catalog, impressions.</summary>
    public int Seed { get; init; } = 7;

    /// <summary>Number of users.</summary>
    public int Users { get; init; } = 4_000;

    /// <summary>Number of items on sale.</summary>
    public int Items { get; init; } = 400;

    /// <summary>Logged impressions to learn from.</summary>
    public int TrainRows { get; init; } = 240_000;

    /// <summary>Logged impressions to choose the epoch by.</summary>
    public int ValidRows { get; init; } = 30_000;

    /// <summary>Logged impressions to measure on.</summary>
    public int TestRows { get; init; } = 60_000;
}
