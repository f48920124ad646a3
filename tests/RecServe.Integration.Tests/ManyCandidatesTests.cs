using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RecServe.Integration.Tests;

/// <summary>The size that the product is built for: 500 candidates, 26 fields, and nothing in the request but ids.</summary>
public sealed class ManyCandidatesTests : IDisposable
{
    private const int UserFields = 20, ItemFields = 6, Users = 40, Items = 600;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Rank_of_500_candidates_by_26_fields_with_ids_alone_equals_offline_scores()
    {
        File.WriteAllText(_directory["schema.json"], Schema());
        WriteRows("train.csv", 4000, seed: 1);
        WriteRows("valid.csv", 500, seed: 2);
        WriteRows("test.csv", 500, seed: 3);
        string package = _directory["models/wide/1"];
        using RecServeProcess train = RecServeProcess.Run(0,
            "train", "--format", "csv", "--train", _directory["train.csv"], "--valid", _directory["valid.csv"], "--test", _directory["test.csv"],
            "--schema", _directory["schema.json"], "--model", "dcnv2", "--set", "hidden=64,32", "--set", "cross_layers=2", "--set", "epochs=4",
            "--set", "learning_rate=0.01", "--set", "batch_size=256", "--set", "embedding_l2=0.0001", "--out", package, "--json");

        // One user against 500 items: every item's row of the file names all 26 values, the request names ids only.
        int[] candidates = [.. Enumerable.Range(0, Items).Where(i => i % 6 != 0)];
        File.WriteAllText(_directory["user7.csv"], Header() + string.Concat(candidates.Select(item => Row(7, item, 0))));
        using RecServeProcess evaluate = RecServeProcess.Run(0, "evaluate", package, "--data", _directory["user7.csv"], "--scores", _directory["scores.txt"], "--json");
        double[] offline = [.. File.ReadLines(_directory["scores.txt"]).Select(l => double.Parse(l, CultureInfo.InvariantCulture))];

        using RunningServer server = await RunningServer.StartAsync(_directory["models"]);
        var request = new JsonObject
        {
            ["user"] = new JsonObject { ["id"] = "u7" },
            ["items"] = new JsonArray([.. candidates.Select(i => new JsonObject { ["id"] = $"i{i}" })]),
        };
        using var content = new StringContent(request.ToJsonString(), Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await server.Client.PostAsync("/v1/rank", content);
        using JsonDocument answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());

        Assert.Equal(0, answer.RootElement.GetProperty("quality").GetProperty("rows").GetProperty("default").GetInt32());
        Assert.Equal(0, answer.RootElement.GetProperty("quality").GetProperty("features_missing").GetArrayLength());
        List<(string Id, double Score)> ranked = [.. answer.RootElement.GetProperty("items").EnumerateArray()
            .Select(i => (i.GetProperty("id").GetString()!, i.GetProperty("score").GetDouble()))];
        Assert.Equal(500, ranked.Count);
        Assert.Equal(ranked.OrderByDescending(r => r.Score).Select(r => r.Score), ranked.Select(r => r.Score));
        Dictionary<string, double> expected = candidates.Select((item, row) => ($"i{item}", offline[row])).ToDictionary();
        Assert.True(offline.Max() - offline.Min() > 0.1, "all candidates score nearly the same: the comparison would prove nothing");
        Assert.All(ranked, item => Assert.Equal(expected[item.Id], item.Score, 1e-5));
    }

    private static string Schema()
    {
        var fields = new JsonArray(Field("user", "user"), Field("item", "item"));
        for (int f = 1; f < UserFields; f++)
            fields.Add(Field($"u{f}", "user"));
        for (int f = 1; f < ItemFields; f++)
            fields.Add(Field($"i{f}", "item"));
        return new JsonObject
        {
            ["name"] = "wide", ["label"] = new JsonObject { ["column"] = "click" }, ["user"] = "user", ["item"] = "item", ["fields"] = fields,
        }.ToJsonString();

        static JsonObject Field(string name, string side) => new() { ["name"] = name, ["side"] = side, ["kind"] = "categorical", ["dim"] = 16 };
    }

    private void WriteRows(string name, int rows, int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder(Header());
        for (int row = 0; row < rows; row++)
        {
            // Every user and item comes up in the training file, so that nothing is new later.
            int user = row < Users ? row : random.Next(Users), item = row < Items ? row : random.Next(Items);
            double logit = Math.Sin(user + (item % 7)) + (0.8 * Math.Cos(item % 11));
            text.Append(Row(user, item, random.NextDouble() < 1 / (1 + Math.Exp(-logit)) ? 1 : 0));
        }

        File.WriteAllText(_directory[name], text.ToString());
    }

    private static string Header() =>
        "click,user,item," + string.Join(',', Enumerable.Range(1, UserFields - 1).Select(f => $"u{f}").Concat(Enumerable.Range(1, ItemFields - 1).Select(f => $"i{f}"))) + "\n";

    private static string Row(int user, int item, int click) =>
        $"{click},u{user},i{item}," + string.Join(',', Enumerable.Range(1, UserFields - 1).Select(f => $"v{user % (f + 2)}")
            .Concat(Enumerable.Range(1, ItemFields - 1).Select(f => $"w{item % ((2 * f) + 1)}"))) + "\n";
}
