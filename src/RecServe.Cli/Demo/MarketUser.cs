namespace RecServe.Cli.Demo;

/// <summary>What everybody can see of a user. Zodiac is useless on purpose: no click depends on it.</summary>
internal sealed record MarketUser(string Id, int Segment, int AgeBand, int Device, int Zodiac);
