namespace RecServe.Cli.Demo;

/// <summary>
/// A made-up shop whose click probabilities are known, so that the best AUC any model can reach is known too. A click depends on who
/// looks (segment, age, device), when (hour), at what (category, brand, tags, price, the item's own appeal), and on two kinds of
/// taste that no sum of single effects can express: segment × category, and each user's own liking along hidden item traits.
/// Zodiac, color and weekday are in the data and mean nothing.
/// </summary>
internal sealed class Market
{
    public const int Segments = 8, AgeBands = 6, Devices = 3, Zodiacs = 12, Categories = 10, Brands = 40, TagCount = 20, Colors = 10;

    private const int Traits = 2;

    private readonly double[] _segment, _ageBand, _device, _hour, _category, _brand, _tag, _appeal;
    private readonly double[,] _taste;
    private readonly double[][] _userTraits, _itemTraits;
    private readonly ZipfSampler _popularity;

    public Market(MarketOptions options)
    {
        var random = new Random(options.Seed);
        Users = [.. Enumerable.Range(0, options.Users).Select(i => new MarketUser(
            $"u{i}", random.Next(Segments), random.Next(AgeBands), random.Next(Devices), random.Next(Zodiacs)))];
        Items = [.. Enumerable.Range(0, options.Items).Select(i => new MarketItem(
            $"i{i}", random.Next(Categories), random.Next(Brands),
            [.. Enumerable.Range(0, TagCount).OrderBy(_ => random.NextDouble()).Take(1 + random.Next(3)).Order()],
            Math.Round(Math.Exp(1 + 4 * random.NextDouble()), 2), random.Next(Colors)))];
        _popularity = new ZipfSampler(options.Items, 0.7);

        _segment = Normal(random, Segments, 0.3);
        _ageBand = Normal(random, AgeBands, 0.25);
        _device = Normal(random, Devices, 0.2);
        _hour = [.. Enumerable.Range(0, 24).Select(h => 1.9 * Math.Cos((h - 20) * Math.PI / 12))];
        _category = Normal(random, Categories, 0.2);
        _brand = Normal(random, Brands, 0.2);
        _tag = Normal(random, TagCount, 0.25);
        _appeal = Normal(random, options.Items, 0.2);
        _taste = new double[Segments, Categories];
        for (int s = 0; s < Segments; s++)
        {
            for (int c = 0; c < Categories; c++)
                _taste[s, c] = 0.28 * Normal(random);
        }

        _userTraits = [.. Users.Select(_ => Normal(random, Traits, 0.25))];
        _itemTraits = [.. Items.Select(_ => Normal(random, Traits, 0.25))];
    }

    public IReadOnlyList<MarketUser> Users { get; }

    public IReadOnlyList<MarketItem> Items { get; }

    /// <summary>An item drawn by popularity: a few are shown often, most rarely (Zipf, slope 0.7 as in public retail logs).</summary>
    public int DrawItem(Random random) => _popularity.Next(random);

    /// <summary>The true log-odds of a click.</summary>
    public double Logit(int user, int item, int hour)
    {
        MarketUser u = Users[user];
        MarketItem i = Items[item];
        double logit = -1.0 + _segment[u.Segment] + _ageBand[u.AgeBand] + _device[u.Device] + _hour[hour]
            + _category[i.Category] + _brand[i.Brand] + _appeal[item] + PriceAppeal(i.Price) + _taste[u.Segment, i.Category];
        foreach (int tag in i.Tags)
            logit += _tag[tag] / i.Tags.Length;
        for (int t = 0; t < Traits; t++)
            logit += _userTraits[user][t] * _itemTraits[item][t];
        return logit;
    }

    /// <summary>The true probability of a click.</summary>
    public double ClickProbability(int user, int item, int hour) => 1 / (1 + Math.Exp(-Logit(user, item, hour)));

    // Cheap and dear sell, the middle does not: a bucketed number can learn it, a straight line cannot.
    private static double PriceAppeal(double price) => 0.25 * Math.Cos(Math.Log(price) * 1.6);

    private static double[] Normal(Random random, int count, double deviation) =>
        [.. Enumerable.Range(0, count).Select(_ => deviation * Normal(random))];

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
