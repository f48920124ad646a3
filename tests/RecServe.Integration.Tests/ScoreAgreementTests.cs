using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RecServe.Integration.Tests;

/// <summary>One row has one score: offline, over HTTP, and in a numpy program that knows nothing but docs/formats.</summary>
public sealed class ScoreAgreementTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [NumpyTheory]
    [InlineData("lr")]
    [InlineData("fm")]
    [InlineData("mlp")]
    [InlineData("deepfm")]
    [InlineData("dcnv2")]
    [InlineData("dcnv2-stacked")]
    [InlineData("mmoe")]
    [InlineData("ple")]
    [InlineData("moe")]
    [InlineData("dcnv2", "cross_experts=3", "cross_rank=5")]
    [InlineData("dcnv2-stacked", "cross_rank=6", "cross_layers=3")]
    public async Task Score_of_a_raw_row_is_the_same_offline_over_http_and_in_numpy(string model, params string[] settings)
    {
        EveryFieldKindData data = EveryFieldKindData.Write(_directory);
        string package = _directory[$"models/{model}/1"];
        string[] network = model is "lr" or "fm" ? [] : ["--set", "hidden=24,16"];
        using RecServeProcess train = RecServeProcess.Run(0, [
            "train", "--format", "csv", "--train", _directory["train.csv"], "--valid", _directory["valid.csv"], "--test", _directory["test.csv"],
            "--schema", _directory["schema.json"], "--model", model, "--seed", "3", "--threads", "2", "--set", "epochs=3", "--set", "batch_size=128",
            "--set", "learning_rate=0.01", "--set", "embedding_l2=0.0001", .. network, .. settings.SelectMany(setting => (string[])["--set", setting]), "--out", package, "--json"]);
        Assert.True(JsonNode.Parse(train.LastLine)!["test_auc"]!.GetValue<double>() > 0.55, train.LastLine);

        await AgreeAsync(data, model, package);
    }

    [NumpyTheory]
    [InlineData("mlp", "hawq", "25%")]
    [InlineData("deepfm", "uniform-int4", "100%")]
    [InlineData("dcnv2", "shark", "30%")]
    public async Task Score_of_a_compressed_package_is_the_same_offline_over_http_and_in_numpy(string model, string method, string budget)
    {
        EveryFieldKindData data = EveryFieldKindData.Write(_directory);
        string[] files = ["--train", _directory["train.csv"], "--valid", _directory["valid.csv"], "--test", _directory["test.csv"]];
        RecServeProcess.Run(0, [
            "train", .. files, "--schema", _directory["schema.json"], "--model", model, "--seed", "3", "--threads", "2", "--set", "epochs=3", "--set", "batch_size=128",
            "--set", "learning_rate=0.01", "--set", "embedding_l2=0.0001", "--set", "hidden=24,16", "--out", _directory[$"source/{model}/1"]]).Dispose();
        string package = _directory[$"models/{model}/2"];
        using RecServeProcess compress = RecServeProcess.Run(0, ["compress", _directory[$"source/{model}/1"], .. files, "--method", method, "--budget", budget, "--finetune-epochs", "1", "--threads", "2", "--out", package, "--json"]);
        Assert.InRange(JsonNode.Parse(compress.LastLine)!["bytes_ratio"]!.GetValue<double>(), 0.01, 0.75);
        await AgreeAsync(data, model, package);
    }

    private async Task AgreeAsync(EveryFieldKindData data, string model, string package)
    {
        using RecServeProcess evaluate = RecServeProcess.Run(0,
            "evaluate", package, "--data", _directory["test.csv"], "--scores", _directory["scores.txt"], "--json");
        Assert.Equal(1000, JsonNode.Parse(evaluate.LastLine)!["rows"]!.GetValue<int>());
        double[] offline = ReadScores(_directory["scores.txt"]);
        Assert.Equal(1000, offline.Length);
        Assert.True(offline.Max() - offline.Min() > 0.2, "the model gives every row nearly the same score: the comparison would prove nothing");

        RunPython("forward.py", package, _directory["test.csv"], "--out", _directory["numpy.txt"]);
        AssertClose(offline, ReadScores(_directory["numpy.txt"]), "numpy");

        using RunningServer server = await RunningServer.StartAsync(_directory["models"]);
        AssertClose(offline, await RankAsync(server.Client, model, data.TestRequests), "HTTP");

        // A user's, a context's and an item's field turned off in the request; what pruning has removed cannot be.
        JsonNode manifest = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(package, "manifest.json")))!;
        string[] fields = [.. manifest["fields"]!.AsArray().Select(field => field!["name"]!.GetValue<string>())];
        string[] off = [.. ((string[])["country", "heat", "genres", "item"]).Intersect(fields)];
        Assert.NotEmpty(off);
        RecServeProcess.Run(0, "evaluate", package, "--data", _directory["test.csv"], "--fields-off", string.Join(',', off), "--scores", _directory["off.txt"]).Dispose();
        double[] without = ReadScores(_directory["off.txt"]);
        Assert.True(without.Zip(offline, (a, b) => Math.Abs(a - b)).Max() > 0.01, "turning the fields off changes no score: the comparison would prove nothing");
        JsonObject[] requests = [.. data.TestRequests.Select(request => request.DeepClone().AsObject())];
        foreach (JsonObject request in requests)
            request["overrides"] = new JsonObject { ["fields_off"] = new JsonArray([.. off.Select(name => (JsonNode)name)]) };
        AssertClose(without, await RankAsync(server.Client, model, requests), "HTTP with fields off");
    }

    private static async Task<double[]> RankAsync(HttpClient client, string model, IReadOnlyList<JsonObject> requests)
    {
        double[] scores = new double[requests.Count];
        for (int row = 0; row < scores.Length; row++)
        {
            using var content = new StringContent(requests[row].ToJsonString(), Encoding.UTF8, "application/json");
            using HttpResponseMessage response = await client.PostAsync($"/v1/rank/{model}", content);
            string body = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode == HttpStatusCode.OK, body);
            using JsonDocument answer = JsonDocument.Parse(body);
            scores[row] = answer.RootElement.GetProperty("items")[0].GetProperty("score").GetDouble();
        }

        return scores;
    }

    private static void AssertClose(double[] expected, double[] actual, string who)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int row = 0; row < expected.Length; row++)
            Assert.True(Math.Abs(expected[row] - actual[row]) <= 1e-5, $"{who}, row {row}: {actual[row]}, offline {expected[row]}");
    }

    private static double[] ReadScores(string path) =>
        [.. File.ReadLines(path).Where(l => l.Length > 0).Select(l => double.Parse(l, CultureInfo.InvariantCulture))];

    private static void RunPython(string script, params string[] arguments)
    {
        // Debian's interpreter by its full path: that is the one which Debian's numpy belongs to.
        string path = Path.Combine(Checkout.Root, "tests", "python", script);
        using Process python = Process.Start(new ProcessStartInfo("/usr/bin/python3", [path, .. arguments]) { RedirectStandardError = true })!;
        string error = python.StandardError.ReadToEnd();
        python.WaitForExit();
        Assert.True(python.ExitCode == 0, error);
    }
}
