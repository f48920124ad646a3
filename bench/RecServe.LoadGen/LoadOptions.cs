namespace RecServe.LoadGen;

/// <summary>What to send, where and for how long.</summary>
internal sealed record LoadOptions
{
    /// <summary>The server, http only.</summary>
    public required Uri Url { get; init; }

    /// <summary>Model of the path <c>/v1/rank/{model}</c>; null for the default model.</summary>
    public string? Model { get; init; }

    /// <summary>Candidates of one request, all different.</summary>
    public int Candidates { get; init; } = 500;

    /// <summary>Items that an answer returns.</summary>
    public int K { get; init; } = 10;

    /// <summary>Ids that candidates are drawn from: <see cref="ItemFormat"/> of 0 … Catalog − 1.</summary>
    public int Catalog { get; init; } = 10_000;

    /// <summary>Ids that users are drawn from.</summary>
    public int Users { get; init; } = 10_000;

    /// <summary>Slope of the popularity of items and users: the r-th is drawn in proportion to r^-Zipf. Real logs lie between 0.4 and 1.1.</summary>
    public double Zipf { get; init; } = 0.8;

    /// <summary>How a number becomes an item's id.</summary>
    public string ItemFormat { get; init; } = "i{0}";

    /// <summary>How a number becomes a user's id.</summary>
    public string UserFormat { get; init; } = "u{0}";

    /// <summary>Measured seconds of each step.</summary>
    public double Seconds { get; init; } = 10;

    /// <summary>Seconds of load before anything is measured: the server compiles its hot code in two tiers.</summary>
    public double WarmupSeconds { get; init; } = 5;

    /// <summary>Connections of the open loop; more arrivals than that wait, and their waiting counts.</summary>
    public int Connections { get; init; } = 64;

    /// <summary>Seeds ids and arrival times.</summary>
    public int Seed { get; init; } = 1;
}
