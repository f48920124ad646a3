using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace RecServe.Integration.Tests;

/// <summary>
/// A small data set that uses every field kind, transform and pooling, with missing cells, rare values, quotes, non-ASCII text and values
/// that only the test file has. Written as CSV, and as rank requests for the same rows.
/// </summary>
internal sealed class EveryFieldKindData
{
    private const string Schema = """
        { "name": "everything", "format": {"delimiter": ",", "header": true},
          "label": {"column": "click"}, "user": "user", "item": "item", "ignore": ["note"],
          "fields": [ {"name": "user",    "side": "user",    "kind": "categorical", "dim": 4},
                      {"name": "genres",  "side": "item",    "kind": "multi", "separator": "|", "pool": "mean", "dim": 4},
                      {"name": "country", "side": "user",    "kind": "categorical", "dim": 4, "min_count": 40},
                      {"name": "age",     "side": "user",    "kind": "numeric", "transform": "standardize", "dim": 4},
                      {"name": "item",    "side": "item",    "kind": "categorical", "dim": 4},
                      {"name": "surface", "side": "context", "kind": "categorical", "buckets": "hash:16", "dim": 4},
                      {"name": "heat",    "side": "context", "kind": "numeric", "transform": "value_times_vector", "dim": 4},
                      {"name": "tags",    "side": "item",    "kind": "multi", "separator": ";", "pool": "sum", "min_count": 5, "dim": 4},
                      {"name": "price",   "side": "item",    "kind": "numeric", "transform": "log_squared_bucket", "dim": 4} ] }
        """;

    private static readonly string[] Countries = ["Österreich", "日本", "Côte d'Ivoire, west", "a \"quoted\" land", "Perú", "", "rare-1", "rare-2"];

    private readonly List<JsonObject> _testRequests = [];

    public IReadOnlyList<JsonObject> TestRequests => _testRequests;

    public static EveryFieldKindData Write(TemporaryDirectory directory, int trainRows = 3000, int validRows = 500, int testRows = 1000)
    {
        var data = new EveryFieldKindData();
        var random = new Random(11);
        File.WriteAllText(directory["schema.json"], Schema);
        data.WriteRows(directory["train.csv"], trainRows, random, isTest: false);
        data.WriteRows(directory["valid.csv"], validRows, random, isTest: false);
        data.WriteRows(directory["test.csv"], testRows, random, isTest: true);
        return data;
    }

    private void WriteRows(string path, int rows, Random random, bool isTest)
    {
        var text = new StringBuilder("click,user,country,age,surface,heat,item,genres,tags,price,note\n");
        for (int row = 0; row < rows; row++)
        {
            int user = random.Next(isTest ? 70 : 60), item = random.Next(isTest ? 45 : 40);
            string country = Countries[random.Next(100) < 3 ? 6 + random.Next(2) : user % 6];
            string age = random.Next(10) == 0 ? "" : Number(18 + random.Next(60) + (random.Next(2) * 0.5));
            string surface = $"s{random.Next(30)}", heat = random.Next(20) == 0 ? "" : Number((random.NextDouble() * 4) - 2);
            string[] genres = Draw(random, "g", 8, 4), tags = Draw(random, "täg", 30, 3);
            string price = random.Next(15) == 0 ? "" : Number(Math.Round(Math.Exp(random.NextDouble() * 6) - 3, 2));
            double logit = Math.Sin(user) + Math.Cos(item * 2) + (genres.Contains("g1") ? 0.8 : -0.2) + (heat.Length > 0 ? 0.3 * double.Parse(heat, CultureInfo.InvariantCulture) : 0);
            int click = random.NextDouble() < 1 / (1 + Math.Exp(-logit)) ? 1 : 0;
            text.Append(CultureInfo.InvariantCulture, $"{click},u{user},{Cell(country)},{age},{surface},{heat},i{item},{string.Join('|', genres)},{string.Join(';', tags)},{price},x\n");
            if (isTest)
                _testRequests.Add(Request(row, $"u{user}", country, age, surface, heat, $"i{item}", genres, tags, price));
        }

        File.WriteAllText(path, text.ToString());
    }

    // Alternates between the ways a client may write the same value: arrays or separated text, numbers or text, null or empty text.
    // A missing value is said, not left out: what is left out is filled in from the user's and the item's stored values.
    private static JsonObject Request(int row, string user, string country, string age, string surface, string heat, string item,
        string[] genres, string[] tags, string price)
    {
        var userFeatures = new JsonObject
        {
            ["country"] = country.Length > 0 || row % 2 == 0 ? country : null,
            ["age"] = age.Length == 0 ? null : JsonNode.Parse(age),
        };
        var itemFeatures = new JsonObject
        {
            ["genres"] = row % 2 == 0 ? string.Join('|', genres) : new JsonArray([.. genres.Select(g => (JsonNode)g)]),
            ["tags"] = row % 3 == 0 ? string.Join(';', tags) : new JsonArray([.. tags.Select(t => (JsonNode)t)]),
            ["price"] = price.Length == 0 ? null : row % 2 == 0 ? JsonNode.Parse(price) : price,
        };
        var context = new JsonObject { ["surface"] = surface, ["heat"] = heat.Length == 0 ? null : JsonNode.Parse(heat) };
        return new JsonObject
        {
            ["user"] = new JsonObject { ["id"] = user, ["features"] = userFeatures },
            ["context"] = context,
            ["items"] = new JsonArray(new JsonObject { ["id"] = item, ["features"] = itemFeatures }),
        };
    }

    private static string[] Draw(Random random, string prefix, int count, int most) =>
        [.. Enumerable.Range(0, random.Next(most + 1)).Select(_ => $"{prefix}{random.Next(count)}")];

    private static string Cell(string value) =>
        value.AsSpan().IndexOfAny('"', ',') >= 0 ? $"\"{value.Replace("\"", "\"\"")}\"" : value;

    private static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
