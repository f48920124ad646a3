using System.Text.Json.Nodes;

namespace RecServe.Integration.Tests;

/// <summary>What the program promises about a training run as a process: it repeats to the byte, and Ctrl-C costs no more than the epoch under way.</summary>
public sealed class TrainingProcessTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Training_twice_with_one_seed_and_thread_count_gives_packages_equal_to_the_byte()
    {
        EveryFieldKindData.Write(_directory);
        foreach (string run in (string[])["first", "second", "other"])
            RecServeProcess.Run(0, Train(run, run == "other" ? "8" : "7", "epochs=2")).Dispose();

        string[] files = Files("first");
        Assert.Contains("manifest.json", files);
        Assert.Equal(files, Files("second"));
        Assert.All(files, file => Assert.Equal(Bytes("first", file), Bytes("second", file)));
        Assert.NotEqual(Bytes("first", "dense.safetensors"), Bytes("other", "dense.safetensors"));
    }

    [Fact]
    public async Task Training_that_is_interrupted_leaves_the_best_package_so_far_and_says_so()
    {
        // Ten times the usual rows: with fewer, a fast machine ends its 1,000 epochs of patience before the first line with a best epoch (5 s).
        EveryFieldKindData.Write(_directory, trainRows: 30_000);
        using RecServeProcess train = RecServeProcess.Start(Train("interrupted", "7", "epochs=10000", "patience=1000"));
        for (int attempt = 0; attempt < 600 && !train.Error.Contains("(best ", StringComparison.Ordinal); attempt++)
        {
            Assert.False(train.HasExited, train.Error);
            await Task.Delay(100);
        }

        train.Signal("INT");

        Assert.Equal(1, train.WaitForExit(TimeSpan.FromMinutes(2)));
        JsonNode report = JsonNode.Parse(train.LastLine)!;
        Assert.True(report["interrupted"]!.GetValue<bool>());
        Assert.Contains($"Stopped early: the package holds epoch {report["best_epoch"]}, the best so far.", train.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", train.Error, StringComparison.Ordinal);
        using RecServeProcess evaluate = RecServeProcess.Run(0, "evaluate", _directory["interrupted/1"], "--data", _directory["test.csv"], "--json");
        Assert.Equal(report["test_auc"]!.GetValue<double>(), JsonNode.Parse(evaluate.LastLine)!["auc"]!.GetValue<double>(), 1e-6);
    }

    [Theory]
    [InlineData("dense.safetensors", false)]
    [InlineData("tables/000-user.safetensors", true)]
    [InlineData("catalogs/items.safetensors", true)]
    [InlineData("manifest.json", false)]
    public void Package_that_was_cut_or_edited_is_refused_by_the_name_of_the_file(string file, bool edit)
    {
        EveryFieldKindData.Write(_directory);
        RecServeProcess.Run(0, Train("models/m", "7", "epochs=1")).Dispose();
        string path = _directory[$"models/m/1/{file}"];
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^9] ^= 1;
        File.WriteAllBytes(path, edit ? bytes : bytes[..(bytes.Length / 2)]);

        foreach (string[] arguments in (string[][])[["serve", "--models", _directory["models"], "--urls", "http://127.0.0.1:0"], ["evaluate", _directory["models/m/1"], "--data", _directory["test.csv"]]])
        {
            using RecServeProcess refused = RecServeProcess.Run(1, arguments);
            Assert.Contains($"/models/m/1: {file}: ", refused.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", refused.Output + refused.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void Demo_check_passes()
    {
        using RecServeProcess demo = RecServeProcess.Run(0, "demo", "--check");
        Assert.Contains("\"ranking_id\"", demo.Output, StringComparison.Ordinal);
    }

    private string[] Train(string run, string seed, params string[] set) =>
    [
        "train", "--train", _directory["train.csv"], "--valid", _directory["valid.csv"], "--test", _directory["test.csv"], "--schema", _directory["schema.json"],
        "--model", "dcnv2", "--seed", seed, "--threads", "2", "--out", _directory[$"{run}/1"], "--json", "--set", "hidden=24,16", .. set.SelectMany(s => (string[])["--set", s]),
    ];

    private string[] Files(string run) =>
        [.. Directory.EnumerateFiles(_directory[$"{run}/1"], "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_directory[$"{run}/1"], file)).Order(StringComparer.Ordinal)];

    private byte[] Bytes(string run, string file) => File.ReadAllBytes(Path.Combine(_directory[$"{run}/1"], file));
}
