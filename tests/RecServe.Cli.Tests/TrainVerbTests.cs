using System.Globalization;
using System.Text.Json;
using RecServe.Artifacts;
using RecServe.Cli.Terminal;
using RecServe.Cli.Verbs;

namespace RecServe.Cli.Tests;

public sealed class TrainVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recserve-train-").FullName;

    [Fact]
    public async Task Train_and_evaluate_end_with_one_json_object_and_agree()
    {
        WriteData();

        var (exit, output, error) = await Run([.. Files(), "--model", "deepfm", "--set", "epochs=3", "--set", "hidden=8x2", "--json", "--out", Out("p/1")]);

        Assert.True(exit == 0, error);
        JsonElement trained = LastLine(output);
        foreach (string name in new[] { "test_auc", "test_logloss", "test_gauc", "test_calibration_error", "valid_auc", "parameters", "epochs", "seconds", "baseline_user_item_mean_auc" })
            Assert.Equal(JsonValueKind.Number, trained.GetProperty(name).ValueKind);
        Assert.Equal(Out("p/1"), trained.GetProperty("package").GetString());
        Assert.Contains("training deepfm", error, StringComparison.Ordinal);

        string scores = Path.Combine(_folder, "scores.txt");
        (exit, output, error) = await Run(["evaluate", Out("p/1"), "--data", Path.Combine(_folder, "c.csv"), "--scores", scores, "--json"]);

        Assert.True(exit == 0, error);
        JsonElement evaluated = LastLine(output);
        Assert.Equal(trained.GetProperty("test_auc").GetDouble(), evaluated.GetProperty("auc").GetDouble(), 1e-6);
        Assert.Equal(trained.GetProperty("test_logloss").GetDouble(), evaluated.GetProperty("logloss").GetDouble(), 1e-6);
        Assert.Equal(60, evaluated.GetProperty("rows").GetInt32());
        Assert.Equal(JsonValueKind.Number, evaluated.GetProperty("calibration_error").ValueKind);
        string[] lines = await File.ReadAllLinesAsync(scores);
        Assert.Equal(60, lines.Length);
        Assert.All(lines, line => Assert.InRange(double.Parse(line, CultureInfo.InvariantCulture), 0, 1));

        Assert.Equal(1, (await Run(["evaluate", Out("p/1"), "--data", Path.Combine(_folder, "c.csv"), "--scores", scores])).Exit);
        foreach ((string file, string part, int rows) in new[] { ("c.csv", "test", 60), ("b.csv", "valid", 60), ("a.csv", "train", 400) })
        {
            (exit, output, error) = await Run(["evaluate", Out("p/1"), .. Files()[1..7], "--part", part, "--max-bad-lines", "0", "--json"]);
            Assert.True(exit == 0, error);
            Assert.Equal(rows, LastLine(output).GetProperty("rows").GetInt32());
            (exit, string alone, error) = await Run(["evaluate", Out("p/1"), "--data", Path.Combine(_folder, file), "--json"]);
            Assert.Equal(alone, output);
        }

        Assert.StartsWith("--part test is measured: give --test", (await Run(["evaluate", Out("p/1"), "--valid", "b.csv"])).Error, StringComparison.Ordinal);
        Assert.StartsWith("no data: give --data, or --test", (await Run(["evaluate", Out("p/1")])).Error, StringComparison.Ordinal);
        Assert.StartsWith("give --data (and perhaps --split) or separate files", (await Run(["evaluate", Out("p/1"), "--data", "x", "--test", "c.csv"])).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_onto_a_package_is_refused_before_the_data_is_read()
    {
        Directory.CreateDirectory(Out("p/1"));
        await File.WriteAllTextAsync(Path.Combine(Out("p/1"), "mine"), "");

        var (exit, output, error) = await Run([.. Files(), "--model", "lr", "--out", Out("p/1")]);

        Assert.Equal((1, "", $"{Out("p/1")}: exists and is not empty; a package is never overwritten\n"), (exit, output, error));
    }

    [Theory]
    [InlineData("a.csv/p/1")]
    [InlineData("/proc/nosuch/1")]
    public async Task Train_to_a_place_that_cannot_be_written_is_refused_before_the_data_is_read(string place)
    {
        WriteData();
        string target = Path.Combine(_folder, place);
        string[] before = Directory.GetFileSystemEntries(_folder);

        var (exit, output, error) = await Run([.. Files(), "--model", "lr", "--out", target]);

        Assert.Equal((1, ""), (exit, output));
        Assert.StartsWith($"{target}: the package cannot be written: ", error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(before, Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task Train_unknown_model_is_told_before_the_missing_schema()
    {
        var (exit, _, error) = await Run(["train", "--data", "nosuch.csv", "--split", "random:80/10/10", "--model", "dcnv3", "--out", Out("p/1")]);
        Assert.Equal(ExitCode.Usage, exit);
        Assert.StartsWith("there is no model 'dcnv3'; the models are lr, fm", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_on_a_movielens_folder_that_does_not_exist_names_the_folder()
    {
        var (exit, output, error) = await Run(["train", "--format", "movielens", "--data", "nosuch", "--model", "lr", "--out", Out("p/1")]);
        Assert.Equal((1, "", "nosuch: no such file or folder\n"), (exit, output, error));
    }

    [Theory]
    [InlineData("mmoe")]
    [InlineData("ple")]
    [InlineData("moe")]
    public async Task Train_and_evaluate_two_tasks_tell_figures_of_both(string model)
    {
        WriteTasks();
        string schema = Path.Combine(_folder, "tasks.json"), file = Path.Combine(_folder, "tasks.csv");
        string[] data = ["train", "--data", file, "--split", "random:80/10/10", "--schema", schema];

        var (exit, output, error) = await Run([.. data, "--model", model, "--set", "epochs=12", "--set", "patience=12", "--set", "learning_rate_decay=1", "--set", "hidden=16,8", "--set", "experts=2", "--set", "embedding_l2=0", "--set", "embedding_std=0.1", "--set", "dropout=0",
            "--set", "learning_rate=0.02", "--set", "batch_size=64", "--json", "--out", Out("p/1")]);

        Assert.True(exit == 0, error);
        Assert.Contains("task like", error, StringComparison.Ordinal);
        JsonElement line = LastLine(output);
        Assert.True(line.GetProperty("test_auc.watch").GetDouble() > 0.8, output);
        Assert.True(line.GetProperty("test_auc.like").GetDouble() > 0.8, output);
        Assert.Equal((line.GetProperty("test_auc.watch").GetDouble() + line.GetProperty("test_auc.like").GetDouble()) / 2, line.GetProperty("test_auc").GetDouble(), 1e-9);

        (exit, output, error) = await Run(["evaluate", Out("p/1"), "--data", file, "--split", "random:80/10/10", "--part", "test", "--json"]);
        Assert.True(exit == 0, error);
        Assert.Equal(line.GetProperty("test_auc.like").GetDouble(), LastLine(output).GetProperty("auc.like").GetDouble(), 1e-4);
    }

    [Fact]
    public async Task Train_several_tasks_with_a_model_of_one_label_exits_2()
    {
        WriteTasks();
        var (exit, _, error) = await Run(["train", "--data", Path.Combine(_folder, "tasks.csv"), "--split", "random:80/10/10", "--schema", Path.Combine(_folder, "tasks.json"),
            "--model", "dcnv2", "--out", Out("p/1")]);
        Assert.Equal(2, exit);
        Assert.Contains("dcnv2 learns one label, the schema has 2 tasks", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dcnv2", "parallel")]
    [InlineData("dcnv2-stacked", "stacked")]
    public async Task Train_low_rank_experts_writes_them_into_the_package(string model, string structure)
    {
        WriteData();
        string[] settings = ["--set", "epochs=2", "--set", "hidden=8", "--set", "cross_layers=2", "--set", "cross_experts=3", "--set", "cross_rank=5"];

        var (exit, output, error) = await Run([.. Files(), "--model", model, .. settings, "--json", "--out", Out("p/1")]);

        Assert.True(exit == 0, error);
        ModelPackage package = PackageReader.Read(Out("p/1"));
        Assert.Equal((structure, 2, new CrossMixture { Experts = 3, Rank = 5 }), (package.Architecture.Structure, package.Architecture.CrossLayers, package.Architecture.CrossMixture));
        Assert.Equal([15, 8], package.Tensor("cross.1.in.weight").Shape);
        Assert.Equal(3, package.Training!.Value.GetProperty("options").GetProperty("cross_experts").GetInt32());
        Assert.Equal(5, package.Training!.Value.GetProperty("options").GetProperty("cross_rank").GetInt32());

        JsonElement trained = LastLine(output);
        (exit, output, error) = await Run(["evaluate", Out("p/1"), "--data", Path.Combine(_folder, "c.csv"), "--json"]);
        Assert.True(exit == 0, error);
        Assert.Equal(trained.GetProperty("test_logloss").GetDouble(), LastLine(output).GetProperty("logloss").GetDouble(), 1e-6);
    }

    [Fact]
    public async Task Train_experts_of_more_units_than_there_are_floats_exits_2()
    {
        WriteData();

        var (exit, _, error) = await Run([.. Files(), "--model", "dcnv2", "--set", "cross_experts=2", "--out", Out("p/1")]);

        Assert.Equal(2, exit);
        Assert.Contains("cross_rank is 32, expected 1 to 8, the floats of all embeddings", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "Argument 'validation' not recognized. Must be one of:", "--part", "validation")]
    [InlineData(2, "Argument '7' not recognized. Must be one of:", "--part", "7")]
    [InlineData(2, "--part names a part of --split; give --split too", "--part", "valid")]
    [InlineData(1, "/nosuch/scores: there is no such folder to write it to", "--scores", "/nosuch/scores")]
    public async Task Evaluate_with_a_wrong_option_says_what_is_wrong(int code, string message, params string[] options)
    {
        WriteData();
        Assert.Equal(0, (await Run([.. Files(), "--model", "lr", "--set", "epochs=1", "--out", Out("p/1")])).Exit);

        var (exit, output, error) = await Run(["evaluate", Out("p/1"), "--data", Path.Combine(_folder, "c.csv"), .. options]);

        Assert.Equal((code, ""), (exit, output));
        Assert.StartsWith(message, error, StringComparison.Ordinal);
        Assert.DoesNotContain("RecServe.", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("there is no model 'gbdt'; the models are lr, fm, mlp, deepfm, dcnv2, dcnv2-stacked, mmoe, ple, moe", "--model", "gbdt")]
    [InlineData("dropout must be a number from 0 to 0.999, not '2'", "--model", "mlp", "--set", "dropout=2")]
    [InlineData("--threads must be from 1 to 64, not 0", "--model", "mlp", "--threads", "0")]
    [InlineData("--max-bad-lines must be from 0 to 2147483647, not -1", "--model", "mlp", "--max-bad-lines", "-1")]
    [InlineData("give --data (divided by --split) or --train (with --valid and --test), not both", "--model", "mlp", "--data", "x.csv")]
    public async Task Train_with_a_wrong_option_exits_2_and_says_what_is_allowed(string message, params string[] options)
    {
        var (exit, output, error) = await Run([.. Files(), .. options, "--out", Out("p/1")]);

        Assert.Equal((2, ""), (exit, output));
        Assert.Equal(message, error.Split('\n')[0]);
        Assert.False(Directory.Exists(Out("p")));
    }

    [Fact]
    public async Task Train_with_dims_that_the_model_cannot_join_exits_2()
    {
        WriteData(userDim: 4, itemDim: 6);

        var (exit, _, error) = await Run([.. Files(), "--model", "fm", "--out", Out("p/1")]);

        Assert.Equal(2, exit);
        Assert.Contains("fm needs one embedding dim for all fields: 'user' has 4, 'item' has 6", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_that_is_stopped_writes_the_best_epoch_so_far_and_exits_1()
    {
        WriteData();
        using var stop = new CancellationTokenSource();
        using var error = new StopWhenTraining(stop);
        using var output = new StringWriter();

        int exit = await CommandLine.RunAsync([TrainVerb.Create()],
            [.. Files(), "--model", "lr", "--set", "epochs=10000", "--set", "patience=1000", "--json", "--out", Out("p/1")], output, error, stop.Token);

        Assert.Equal(1, exit);
        Assert.True(LastLine(output.ToString()).GetProperty("interrupted").GetBoolean());
        Assert.Contains("Stopped", error.ToString(), StringComparison.Ordinal);
        Assert.Equal("lr", PackageReader.Read(Out("p/1")).Architecture.Kind);
    }

    // watch by user and item, like by item alone and known only where watched.
    private void WriteTasks()
    {
        File.WriteAllText(Path.Combine(_folder, "tasks.json"), """
            {"name":"tasks","tasks":[{"name":"watch","column":"watched"},{"name":"like","column":"rating","at_least":8}],
             "fields":[{"name":"user","side":"user","kind":"categorical","dim":4},{"name":"item","side":"item","kind":"categorical","dim":4}]}
            """);
        var random = new Random(7);
        File.WriteAllLines(Path.Combine(_folder, "tasks.csv"), ["user,item,watched,rating", .. Enumerable.Range(0, 3000).Select(_ =>
        {
            int user = random.Next(12), item = random.Next(12);
            bool watched = (user + item) % 3 > 0 != (random.Next(20) == 0);
            return $"u{user},i{item},{(watched ? 1 : 0)},{(watched ? (item % 2 == 0 ? 9 : 5).ToString() : "")}";
        })]);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<(int Exit, string Output, string Error)> Run(string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int exit = await CommandLine.RunAsync([TrainVerb.Create(), EvaluateVerb.Create()], args, output, error);
        return (exit, output.ToString(), error.ToString());
    }

    private static JsonElement LastLine(string output)
    {
        using JsonDocument document = JsonDocument.Parse(output.TrimEnd('\n').Split('\n')[^1]);
        return document.RootElement.Clone();
    }

    private string Out(string package) => Path.Combine(_folder, package);

    private string[] Files() =>
    [
        "train", "--train", Path.Combine(_folder, "a.csv"), "--valid", Path.Combine(_folder, "b.csv"), "--test", Path.Combine(_folder, "c.csv"),
        "--schema", Path.Combine(_folder, "schema.json"),
    ];

    private void WriteData(int userDim = 4, int itemDim = 4)
    {
        File.WriteAllText(Path.Combine(_folder, "schema.json"), $$"""
            {"name": "clicks", "label": {"column": "label"}, "user": "user", "item": "item",
             "fields": [{"name": "user", "side": "user", "kind": "categorical", "dim": {{userDim}}}, {"name": "item", "side": "item", "kind": "categorical", "dim": {{itemDim}}}]}
            """);
        foreach (var (name, rows) in new[] { ("a.csv", 400), ("b.csv", 60), ("c.csv", 60) })
            File.WriteAllLines(Path.Combine(_folder, name), ["user,item,label", .. Enumerable.Range(0, rows).Select(i => $"u{i * 7 % 13},i{i * 5 % 17},{(i * i % 5 < 2 ? 1 : 0)}")]);
    }

    /// <summary>Asks for the stop as a person would: when the first progress line of training is there.</summary>
    private sealed class StopWhenTraining(CancellationTokenSource stop) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value!.StartsWith("training", StringComparison.Ordinal))
                stop.Cancel();
        }
    }
}
