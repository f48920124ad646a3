using System.Globalization;
using System.Text;

namespace RecServe.Cli.Demo;

/// <summary>Writes a market as a team would have it: logged impressions in CSV files, an item list, and the schema that explains them.</summary>
internal sealed class MarketFiles
{
    private const string Schema = """
        { "name": "market", "format": {"delimiter": ",", "header": true},
          "label": {"column": "click"}, "user": "user", "item": "item",
          "items": {"file": "items.csv", "key": "item"},
          "fields": [ {"name": "user",     "side": "user",    "kind": "categorical", "dim": 8},
                      {"name": "segment",  "side": "user",    "kind": "categorical", "dim": 8},
                      {"name": "age_band", "side": "user",    "kind": "categorical", "dim": 8},
                      {"name": "device",   "side": "user",    "kind": "categorical", "dim": 8},
                      {"name": "zodiac",   "side": "user",    "kind": "categorical", "dim": 8},
                      {"name": "hour",     "side": "context", "kind": "categorical", "dim": 8},
                      {"name": "weekday",  "side": "context", "kind": "categorical", "dim": 8},
                      {"name": "item",     "side": "item",    "kind": "categorical", "dim": 8},
                      {"name": "category", "side": "item",    "kind": "categorical", "dim": 8},
                      {"name": "brand",    "side": "item",    "kind": "categorical", "dim": 8},
                      {"name": "tags",     "side": "item",    "kind": "multi", "separator": "|", "pool": "mean", "dim": 8},
                      {"name": "price",    "side": "item",    "kind": "numeric", "transform": "log_squared_bucket", "dim": 8},
                      {"name": "color",    "side": "item",    "kind": "categorical", "dim": 8} ] }
        """;

    private MarketFiles(string directory, float[] testLabels, double[] testLogits)
    {
        Train = Path.Combine(directory, "train.csv");
        Valid = Path.Combine(directory, "valid.csv");
        Test = Path.Combine(directory, "test.csv");
        SchemaFile = Path.Combine(directory, "schema.json");
        TestLabels = testLabels;
        TestLogits = testLogits;
    }

    public string Train { get; }

    public string Valid { get; }

    public string Test { get; }

    public string SchemaFile { get; }

    /// <summary>Clicks (0 or 1) of the test impressions.</summary>
    public float[] TestLabels { get; }

    /// <summary>True log-odds of the test impressions: their AUC is the best that any model can reach.</summary>
    public double[] TestLogits { get; }

    /// <summary>Draws the impressions and writes all files into an existing directory.</summary>
    public static MarketFiles Write(Market market, MarketOptions options, string directory)
    {
        float[] labels = new float[options.TestRows];
        double[] logits = new double[options.TestRows];
        var files = new MarketFiles(directory, labels, logits);
        var random = new Random(options.Seed + 1);
        File.WriteAllText(files.SchemaFile, Schema);
        WriteItems(market, Path.Combine(directory, "items.csv"));
        WriteImpressions(market, files.Train, options.TrainRows, random, [], []);
        WriteImpressions(market, files.Valid, options.ValidRows, random, [], []);
        WriteImpressions(market, files.Test, options.TestRows, random, labels, logits);
        return files;
    }

    private static void WriteItems(Market market, string path)
    {
        using var writer = new StreamWriter(path);
        writer.Write("item,category,brand,tags,price,color\n");
        foreach (MarketItem item in market.Items)
        {
            string tags = string.Join('|', item.Tags.Select(t => $"t{t}"));
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"{item.Id},c{item.Category},b{item.Brand},{tags},{item.Price},k{item.Color}\n"));
        }
    }

    private static void WriteImpressions(Market market, string path, int rows, Random random, float[] labels, double[] logits)
    {
        using var writer = new StreamWriter(path, append: false, new UTF8Encoding(false), bufferSize: 1 << 16);
        writer.Write("click,user,segment,age_band,device,zodiac,hour,weekday,item\n");
        for (int row = 0; row < rows; row++)
        {
            int user = random.Next(market.Users.Count), item = market.DrawItem(random), hour = random.Next(24);
            double logit = market.Logit(user, item, hour);
            bool click = random.NextDouble() < 1 / (1 + Math.Exp(-logit));
            MarketUser u = market.Users[user];
            writer.Write($"{(click ? 1 : 0)},{u.Id},s{u.Segment},a{u.AgeBand},d{u.Device},z{u.Zodiac},{hour},{random.Next(7)},{market.Items[item].Id}\n");
            if (labels.Length > 0)
            {
                labels[row] = click ? 1 : 0;
                logits[row] = logit;
            }
        }
    }
}
