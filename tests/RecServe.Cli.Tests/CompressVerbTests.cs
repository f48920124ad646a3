using System.Security.Cryptography;
using System.Text.Json;
using RecServe.Artifacts;
using RecServe.Cli.Terminal;
using RecServe.Cli.Verbs;

namespace RecServe.Cli.Tests;

public sealed class CompressVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recserve-compress-").FullName;

    [Fact]
    public async Task Compress_ends_with_one_json_object_and_evaluate_agrees_with_it()
    {
        await Train();
        string before = Hash(Path("p/1"));

        var (exit, output, error) = await Run(["compress", Path("p/1"), .. Data(), "--budget", "30%", "--out", Path("p/2"), "--json"]);

        Assert.True(exit == 0, error);
        JsonElement compressed = LastLine(output);
        long bytesBefore = compressed.GetProperty("bytes_before").GetInt64(), bytesAfter = compressed.GetProperty("bytes_after").GetInt64();
        Assert.InRange(compressed.GetProperty("bytes_ratio").GetDouble(), 0.01, 0.3);
        Assert.Equal(bytesAfter, (double)bytesBefore * compressed.GetProperty("bytes_ratio").GetDouble(), 1e-6);
        Assert.Equal(Path("p/2"), compressed.GetProperty("package").GetString());
        Assert.Equal(before, Hash(Path("p/1")));

        foreach (string[] schema in (string[][])[[], ["--schema", Path("schema.json")]])
        {
            JsonElement evaluated = LastLine((await Run(["evaluate", Path("p/2"), "--data", Path("data.csv"), "--split", "random:60/20/20", "--json", .. schema])).Output);
            Assert.Equal(compressed.GetProperty("auc_after").GetDouble(), evaluated.GetProperty("auc").GetDouble(), 1e-6);
        }

        ModelPackage package = PackageReader.Read(Path("p/2"));
        Assert.Equal(bytesAfter, package.Tables.Sum(table => table.RowBytes));
        JsonElement record = package.Compression!.Value;
        Assert.Equal(0.3, record.GetProperty("budget").GetDouble());
        Assert.Equal(package.Lineage, record.GetProperty("source_lineage").GetString());
        Assert.Equal(64, record.GetProperty("data_sha256").GetString()!.Length);
        Assert.Equal(compressed.GetProperty("auc_after").GetDouble(), record.GetProperty("auc_after").GetDouble());
        Assert.Contains("<svg", await File.ReadAllTextAsync(Path("p/2/report.html")), StringComparison.Ordinal);
        Assert.Equal(bytesAfter, JsonDocument.Parse(await File.ReadAllTextAsync(Path("p/2/report.json"))).RootElement.GetProperty("bytes_after").GetInt64());
        Assert.Equal(["data.csv", "p", "schema.json"], Directory.GetFileSystemEntries(_folder).Select(System.IO.Path.GetFileName).Order());
        Assert.Equal(["1", "2"], Directory.GetFileSystemEntries(Path("p")).Select(System.IO.Path.GetFileName).Order());
    }

    [Fact]
    public async Task Compress_that_does_not_need_the_budget_says_why()
    {
        await Train();
        var (exit, output, error) = await Run(["compress", Path("p/1"), .. Data(), "--budget", "50%", "--method", "uniform-int4", "--finetune-epochs", "0", "--out", Path("p/2"), "--json"]);
        Assert.True(exit == 0, error);
        Assert.Equal("uniform-int4 takes 18.8 %, less than the 50 % asked for: no candidate that fills the budget loses less AUC on the tuning samples.", LastLine(output).GetProperty("note").GetString());

        (exit, output, error) = await Run(["compress", Path("p/1"), .. Data(), "--budget", "50%", "--method", "hawq", "--finetune-epochs", "0", "--out", Path("p/3"), "--json"]);
        Assert.True(exit == 0, error);
        Assert.False(LastLine(output).TryGetProperty("note", out _));
        Assert.InRange(LastLine(output).GetProperty("bytes_ratio").GetDouble(), 0.495, 0.5);
    }

    [Theory]
    [InlineData("50%"), InlineData("30%"), InlineData("20%"), InlineData("15%"), InlineData("10%")]
    public async Task Auto_meets_the_budget_within_one_percent_or_says_why_it_does_not(string budget)
    {
        await Train();
        var (exit, output, error) = await Run(["compress", Path("p/1"), .. Data(), "--budget", budget, "--finetune-epochs", "1", "--out", Path("p/2"), "--json"]);
        Assert.True(exit == 0, error);
        JsonElement result = LastLine(output);
        double asked = double.Parse(budget[..^1], System.Globalization.CultureInfo.InvariantCulture) / 100, ratio = result.GetProperty("bytes_ratio").GetDouble();
        Assert.True(ratio <= asked, $"{ratio}");
        Assert.Equal(ratio < 0.99 * asked, result.TryGetProperty("note", out JsonElement note));
        if (ratio < 0.99 * asked)
            Assert.Contains("no candidate that fills the budget loses less AUC", note.GetString(), StringComparison.Ordinal);
        Assert.Equal(result.GetProperty("bytes_after").GetInt64(), PackageReader.Read(Path("p/2")).Tables.Sum(table => table.RowBytes));
    }

    [Fact]
    public async Task Compress_again_with_the_package_before_moves_fewer_rows()
    {
        await Train();
        string[] shark = ["--budget", "30%", "--method", "shark", "--finetune-epochs", "0"];
        Assert.Equal(0, (await Run(["compress", Path("p/1"), .. Data(), .. shark, "--out", Path("p/2")])).Exit);

        // Another split is what later data is: priorities move a little.
        string[] later = ["--data", Path("data.csv"), "--split", "random:50/25/25", "--seed", "9"];
        Assert.Equal(0, (await Run(["compress", Path("p/1"), .. later, .. shark, "--out", Path("p/3")])).Exit);
        Assert.Equal(0, (await Run(["compress", Path("p/1"), .. later, .. shark, "--previous", Path("p/2"), "--hysteresis", "0.5", "--out", Path("p/4")])).Exit);
        Dictionary<(string, ulong), string> Formats(string path) => PackageReader.Read(Path(path)).Tables
            .SelectMany(table => table.Quantized.SelectMany(set => set.Keys.Select(key => (table.Name, key, set.Format.Name))).Concat(table.Keys.Select(key => (table.Name, key, "fp32"))))
            .ToDictionary(row => (row.Item1, row.Item2), row => row.Item3);
        Dictionary<(string, ulong), string> first = Formats("p/2");
        int Moved(string path) => Formats(path).Count(row => first.GetValueOrDefault(row.Key) != row.Value);
        Assert.True(Moved("p/4") < Moved("p/3"), $"{Moved("p/4")} rows moved with the package before, {Moved("p/3")} without");
    }

    [Fact]
    public async Task Compress_that_is_stopped_leaves_the_source_and_no_target()
    {
        await Train();
        string before = Hash(Path("p/1"));
        using var stop = new CancellationTokenSource();
        using var error = new StopAt("compressing", stop);
        int exit = await CommandLine.RunAsync([CompressVerb.Create()], ["compress", Path("p/1"), .. Data(), "--budget", "0.3", "--out", Path("p/2")], TextWriter.Null, error, stop.Token);

        Assert.Equal(1, exit);
        Assert.Equal(before, Hash(Path("p/1")));
        Assert.Equal([Path("p/1")], Directory.GetFileSystemEntries(Path("p")));
    }

    [Theory]
    [InlineData(2, "say how small or how good: --budget 30%, --max-auc-drop 0.0005, or both")]
    [InlineData(2, "--budget must be a share above 0 % up to 100 %, such as 30% or 0.3, not '130%'", "--budget", "130%")]
    [InlineData(2, "--budget must be a share above 0 % up to 100 %, such as 30% or 0.3, not 'small'", "--budget", "small")]
    [InlineData(2, "--max-auc-drop must be from 0 to 1", "--max-auc-drop", "-1")]
    [InlineData(2, "--cut-dims must be from 0 to below 1", "--budget", "30%", "--cut-dims", "1")]
    [InlineData(2, "--hysteresis must be from 0 to 10", "--budget", "30%", "--hysteresis", "-1")]
    [InlineData(2, "--threads must be from 1 to 64, not 0", "--budget", "30%", "--threads", "0")]
    [InlineData(2, "Argument 'zip' not recognized. Must be one of:", "--budget", "30%", "--method", "zip")]
    [InlineData(1, "no candidate of method uniform-int8 fits into 10 % of", "--budget", "10%", "--method", "uniform-int8")]
    public async Task Compress_with_a_wrong_option_says_what_is_wrong(int code, string message, params string[] options)
    {
        await Train();
        var (exit, output, error) = await Run(["compress", Path("p/1"), .. Data(), .. options, "--out", Path("p/2")]);
        Assert.Equal((code, ""), (exit, output));
        Assert.Contains(error.Split('\n'), line => line.StartsWith(message, StringComparison.Ordinal));
        Assert.False(Directory.Exists(Path("p/2")));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task Train()
    {
        await File.WriteAllTextAsync(Path("schema.json"), """
            {"name": "clicks", "label": {"column": "label"}, "user": "user", "item": "item",
             "fields": [{"name": "user", "side": "user", "kind": "categorical", "dim": 16}, {"name": "noise", "side": "context", "kind": "categorical", "dim": 16},
                        {"name": "item", "side": "item", "kind": "categorical", "dim": 16}]}
            """);
        var random = new Random(5);
        await File.WriteAllLinesAsync(Path("data.csv"), ["user,noise,item,label", .. Enumerable.Range(0, 4000).Select(_ =>
        {
            int user = random.Next(40), item = random.Next(30);
            return $"u{user},n{random.Next(9)},i{item},{(random.NextDouble() < 1 / (1 + Math.Exp(-2 * (Math.Sin(user * 3) + Math.Cos(item * 5)))) ? 1 : 0)}";
        })]);
        var (exit, _, error) = await Run(["train", .. Data(), "--schema", Path("schema.json"), "--model", "mlp", "--set", "epochs=5", "--set", "hidden=16",
            "--set", "batch_size=256", "--set", "learning_rate=0.01", "--set", "embedding_l2=0.001", "--set", "dropout=0", "--out", Path("p/1")]);
        Assert.True(exit == 0, error);
    }

    private string[] Data() => ["--data", Path("data.csv"), "--split", "random:60/20/20"];

    private string Path(string name) => System.IO.Path.Combine(_folder, name);

    private static string Hash(string folder) => string.Join('\n', Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(file => $"{file} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}"));

    private static async Task<(int Exit, string Output, string Error)> Run(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int exit = await CommandLine.RunAsync([TrainVerb.Create(), EvaluateVerb.Create(), CompressVerb.Create()], args, output, error);
        return (exit, output.ToString(), error.ToString());
    }

    private static JsonElement LastLine(string output)
    {
        using JsonDocument document = JsonDocument.Parse(output.TrimEnd('\n').Split('\n')[^1]);
        return document.RootElement.Clone();
    }

    private sealed class StopAt(string stage, CancellationTokenSource stop) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value!.StartsWith(stage, StringComparison.Ordinal))
                stop.Cancel();
        }
    }
}
