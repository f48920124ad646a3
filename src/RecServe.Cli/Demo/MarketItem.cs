namespace RecServe.Cli.Demo;

/// <summary>What everybody can see of an item. Color is useless on purpose: no click depends on it.</summary>
internal sealed record MarketItem(string Id, int Category, int Brand, int[] Tags, double Price, int Color);
