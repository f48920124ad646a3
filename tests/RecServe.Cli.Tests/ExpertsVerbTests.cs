using System.Globalization;
using System.Text.Json;
using RecServe.Artifacts;
using RecServe.Cli.Terminal;
using RecServe.Cli.Verbs;

namespace RecServe.Cli.Tests;

/// <summary><c>bench experts</c>, <c>prune</c> and the threshold of top-p, on a generated data set of two tasks.</summary>
public sealed class ExpertsVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recserve-experts").FullName;

    public ExpertsVerbTests()
    {
        var random = new Random(1);
        var lines = new List<string> { "user,item,kind,watched,rating" };
        for (int n = 0; n < 1500; n++)
        {
            int user = random.Next(20), item = random.Next(30), kind = item % 4;
            bool watched = random.NextDouble() < 1 / (1 + Math.Exp(-(((user + kind) % 4) - 1.5)));
            string rating = watched && random.Next(3) > 0 ? (user % 2 == kind % 2 ? 9 : 5).ToString(CultureInfo.InvariantCulture) : "";
            lines.Add($"u{user},i{item},k{kind},{(watched ? 1 : 0)},{(rating.Length > 0 && random.Next(10) == 0 ? "7" : rating)}");
        }

        File.WriteAllLines(Path.Combine(_folder, "data.csv"), lines);
        File.WriteAllText(Path.Combine(_folder, "schema.json"), """
            {"name":"watch","tasks":[{"name":"watched","column":"watched"},{"name":"liked","column":"rating","at_least":8}],"user":"user","item":"item","fields":[
             {"name":"user","side":"user","kind":"categorical","dim":4},{"name":"item","side":"item","kind":"categorical","dim":4},{"name":"kind","side":"item","kind":"categorical","dim":4}]}
            """);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string[] Data => ["--data", In("data.csv"), "--schema", In("schema.json"), "--split", "random:80/10/10", "--threads", "2",
        "--set", "epochs=3", "--set", "batch_size=128", "--set", "learning_rate=0.01", "--set", "embedding_std=0.1"];

    private static readonly string[] Sparse = ["hidden=8,6", "experts=4", "constants=1", "average_experts=1.5", "one_set=true"];

    [Fact]
    public async Task Experts_bench_reports_every_figure_and_keeps_the_packages()
    {
        JsonElement figures = await Json(["bench", "experts", .. Data, "--dense", "hidden=8,6", .. Sparse.SelectMany(set => new[] { "--sparse", set }), "--runs", "2", "--seconds", "0", "--candidates", "40", "--out", In("out"), "--json"]);
        Assert.Equal((2, "1,2", "test"), (figures.GetProperty("runs").GetInt32(), figures.GetProperty("seeds").GetString(), figures.GetProperty("samples").GetString()));
        foreach (string suffix in (string[])["", "_watched", "_liked"])
        {
            double dense = Number(figures, $"auc_dense{suffix}"), sparse = Number(figures, $"auc_sparse{suffix}"), difference = Number(figures, $"auc_difference{suffix}");
            Assert.InRange(dense, 0.5, 1);
            Assert.Equal(sparse - dense, difference, 1e-12);
            Assert.InRange(difference, Number(figures, $"auc_difference_low{suffix}"), Number(figures, $"auc_difference_high{suffix}"));
        }

        Assert.Equal(8, Number(figures, "dense_expert_rows"));
        Assert.Equal(8 / Number(figures, "sparse_expert_rows"), Number(figures, "expert_rows_ratio"), 1e-9);
        Assert.Equal(Number(figures, "sparse_expert_rows"), Enumerable.Range(0, 4).Sum(e => Number(figures, $"load.0.network.{e}")), 1e-9);
        Assert.True(Number(figures, "speedup") > 0 && Number(figures, "dense_us_fastest") <= Number(figures, "dense_us"));
        Assert.Equal("mmoe", PackageReader.Read(In("out/dense/2")).Architecture.Kind);
        Assert.Equal("moe", PackageReader.Read(In("out/sparse/1")).Architecture.Kind);
        Assert.True(File.Exists(In("out/report.json")));
    }

    [Fact]
    public async Task Experts_bench_compares_mmoe_with_itself_where_rows_choose()
    {
        string[] verb = ["bench", "experts", .. Data, "--set", "hidden=8,6", "--sparse-model", "mmoe", "--runs", "1", "--seconds", "0", "--candidates", "40"];
        (int exit, string output, string error) = await Run([.. verb, "--sparse", "top_k=2", "--out", In("chosen"), "--json"]);
        Assert.True(exit == ExitCode.Ok, error);
        Assert.Contains("seed 1, dense: training mmoe", error, StringComparison.Ordinal);
        Assert.Contains("seed 1, sparse: training mmoe", error, StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(output.Trim().Split('\n')[^1]);
        JsonElement figures = document.RootElement;
        Assert.InRange(Number(figures, "sparse_expert_rows"), 2, 4);
        Assert.Equal(Number(figures, "sparse_expert_rows"), Enumerable.Range(0, 8).Sum(e => Number(figures, $"load.0.network.{e}")), 1e-9);
        Assert.Equal((0, 2), (PackageReader.Read(In("chosen/dense/1")).Architecture.Experts!.TopK, PackageReader.Read(In("chosen/sparse/1")).Architecture.Experts!.TopK));

        Assert.Equal(ExitCode.Usage, (await Run(verb)).Exit);
        Assert.Equal(ExitCode.Usage, (await Run([.. verb, "--set", "top_k=2"])).Exit);
    }

    [Fact]
    public async Task Threshold_of_top_p_is_fitted_to_the_average_and_stored()
    {
        await Json(["train", .. Data, "--model", "moe", .. Sparse.SelectMany(set => new[] { "--set", set }), "--out", In("moe/1"), "--json"]);
        ModelPackage package = PackageReader.Read(In("moe/1"));
        Assert.InRange(package.Architecture.Sparse!.TopP, 0.001, 1);
        Assert.NotEqual((double)0.4f, package.Architecture.Sparse.TopP);
        Assert.Equal(1.5, package.Metrics["valid_average_experts"], 0.05);
        Assert.Equal(1.5f, package.Training!.Value.GetProperty("options").GetProperty("average_experts").GetSingle());
    }

    [Fact]
    public async Task Prune_writes_a_package_of_fewer_experts_with_the_curve()
    {
        await Json(["train", .. Data, "--model", "moe", "--set", "hidden=8,6", "--set", "experts=4", "--set", "one_set=true", "--out", In("moe/1"), "--json"]);
        JsonElement figures = await Json(["prune", In("moe/1"), "--data", In("data.csv"), "--split", "random:80/10/10", "--experts", "2", "--seconds", "0", "--candidates", "40", "--threads", "2", "--out", In("moe/2"), "--json"]);
        Assert.Equal((4, 2), (figures.GetProperty("networks_before").GetInt32(), figures.GetProperty("networks_after").GetInt32()));
        foreach (string point in (string[])["source.4", "keep.3", "merge.3", "keep.2", "merge.2", "keep.1", "merge.1"])
        {
            Assert.InRange(Number(figures, $"curve.{point}.valid_auc"), 0.3, 1);
            Assert.True(Number(figures, $"curve.{point}.us") > 0);
            Assert.InRange(Number(figures, $"curve.{point}.expert_rows"), 0, 2);
        }

        Assert.Equal(Number(figures, "auc_before") - Number(figures, "auc_after"), (Number(figures, "auc_drop.watched") + Number(figures, "auc_drop.liked")) / 2, 1e-6);
        Assert.Equal(2, PackageReader.Read(In("moe/2")).Architecture.Sparse!.Networks);
        Assert.Equal(ExitCode.Usage, (await Run(["prune", In("moe/1"), "--data", In("data.csv"), "--experts", "4", "--out", In("moe/3")])).Exit);
    }

    [Fact]
    public async Task Compress_of_a_model_of_tasks_says_at_once_that_it_cannot()
    {
        await Json(["train", .. Data, "--model", "mmoe", "--set", "hidden=6,4", "--out", In("mmoe/1"), "--json"]);
        (int exit, _, string error) = await Run(["compress", In("mmoe/1"), "--data", In("data.csv"), "--budget", "30%", "--out", In("mmoe/2")]);
        Assert.Equal(ExitCode.Failed, exit);
        Assert.StartsWith("a model of kind mmoe cannot be compressed: compression learns one label", error, StringComparison.Ordinal);
    }

    private string In(string path) => Path.Combine(_folder, path);

    private static double Number(JsonElement figures, string name) => figures.GetProperty(name).GetDouble();

    private static async Task<JsonElement> Json(string[] args)
    {
        (int exit, string output, string error) = await Run(args);
        Assert.True(exit == ExitCode.Ok, error);
        using JsonDocument document = JsonDocument.Parse(output.Trim().Split('\n')[^1]);
        return document.RootElement.Clone();
    }

    private static async Task<(int Exit, string Output, string Error)> Run(string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        return (await CommandLine.RunAsync([BenchVerb.Create(), TrainVerb.Create(), PruneVerb.Create(), CompressVerb.Create()], args, output, error), output.ToString(), error.ToString());
    }
}
