using System.Text.Json.Nodes;

namespace RecServe.Integration.Tests;

/// <summary>Training with nothing said but data, schema and model: hyper-parameters and the package's place are the defaults.</summary>
public sealed class DefaultPackageTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Train_without_out_writes_the_next_version_below_models()
    {
        EveryFieldKindData.Write(_directory, trainRows: 300, validRows: 60, testRows: 60);
        Directory.CreateDirectory(_directory["models/lr/7"]);
        foreach (string version in (string[])["8", "9"])
        {
            using RecServeProcess train = RecServeProcess.Start(_directory.Root,
                ["train", "--format", "csv", "--train", "train.csv", "--valid", "valid.csv", "--test", "test.csv", "--schema", "schema.json", "--model", "lr", "--json"]);

            Assert.True(train.WaitForExit(TimeSpan.FromMinutes(2)) == 0, train.Error);
            string package = JsonNode.Parse(train.LastLine)!["package"]!.GetValue<string>();
            Assert.Equal($"models/lr/{version}", package);
            Assert.True(File.Exists(_directory[$"{package}/manifest.json"]));
        }
    }
}
