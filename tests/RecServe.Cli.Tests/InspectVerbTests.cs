using System.Text.Json;
using RecServe.Artifacts;
using RecServe.Cli.Bench;
using RecServe.Cli.Terminal;
using RecServe.Cli.Verbs;
using RecServe.Features;

namespace RecServe.Cli.Tests;

public sealed class InspectVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recserve-inspect-").FullName;

    [Fact]
    public async Task Data_prints_the_schema_alone_to_stdout_and_the_rest_to_stderr()
    {
        var (exit, output, error) = await Run("inspect", "data", Clicks());
        Assert.Equal(0, exit);
        DataSchema schema = DataSchemaJson.Parse(System.Text.Encoding.UTF8.GetBytes(output), "stdout");
        Assert.Equal(["user", "item"], schema.Fields.Select(field => field.Name));
        Assert.Contains("40 rows looked at, 4 columns", error, StringComparison.Ordinal);
        Assert.Contains("! 'shop' is left out: always the same value", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_json_is_one_object_on_one_line()
    {
        var (exit, output, error) = await Run("inspect", "data", Clicks(), "--json");
        Assert.Equal((0, ""), (exit, error));
        Assert.Equal(1, output.Count(c => c == '\n'));
        using JsonDocument document = JsonDocument.Parse(output);
        Assert.Equal(40, document.RootElement.GetProperty("rows").GetInt32());
        Assert.Equal("label", document.RootElement.GetProperty("columns")[3].GetProperty("role").GetString());
        Assert.Equal("clicks", document.RootElement.GetProperty("schema").GetProperty("name").GetString());
    }

    [Fact]
    public async Task Data_out_writes_a_new_file_and_never_over_an_old_one()
    {
        string target = Path.Combine(_folder, "schema.json");
        Assert.Equal(0, (await Run("inspect", "data", Clicks(), "--out", target)).Exit);
        byte[] written = await File.ReadAllBytesAsync(target);
        Assert.Equal("clicks", DataSchemaJson.Parse(written, target).Name);
        var (exit, output, error) = await Run("inspect", "data", Clicks(), "--out", target);
        Assert.Equal((1, ""), (exit, output));
        Assert.EndsWith($"{target}: exists already; remove it or name another file\n", error, StringComparison.Ordinal);
        Assert.Equal(written, await File.ReadAllBytesAsync(target));
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public async Task Data_without_label_exits_1_and_prints_no_schema()
    {
        string path = Path.Combine(_folder, "a.csv");
        await File.WriteAllTextAsync(path, "user,item\nu1,i1\nu2,i2\n");
        var (exit, output, error) = await Run("inspect", "data", path);
        Assert.Equal((1, ""), (exit, output));
        Assert.Contains($"{path}: no schema can be proposed: no column looks like a label", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Package_shows_architecture_tables_catalogs_and_metrics()
    {
        string directory = Package();
        var (exit, output, error) = await Run("inspect", "package", directory);
        Assert.Equal((0, ""), (exit, error));
        Assert.StartsWith("model     lr\nlineage   abc\nsize      ", output, StringComparison.Ordinal);
        Assert.Contains("  user       0            3              12", output, StringComparison.Ordinal);
        Assert.Contains("metric    test_auc 0.75", output, StringComparison.Ordinal);

        using JsonDocument document = JsonDocument.Parse((await Run("inspect", "package", directory, "--json")).Output);
        Assert.Equal(3, document.RootElement.GetProperty("rows").GetInt64());
        Assert.Equal(12, document.RootElement.GetProperty("tables")[0].GetProperty("row_bytes").GetInt64());
        Assert.Equal(0.75, document.RootElement.GetProperty("metrics").GetProperty("test_auc").GetDouble());
    }

    [Theory]
    [InlineData("dcnv2-mix", "model     dcnv2, parallel, 3 cross layers of 4 experts of 16 units, hidden layers 512 256\n")]
    [InlineData("dcnv2-stacked", "model     dcnv2, stacked, 3 cross layers, hidden layers 512 256\n")]
    public async Task Package_shows_what_cross_layers_are_made_of(string model, string expected)
    {
        ModelPackage scored = ScoreModel.Create(new ScoreBenchOptions { Model = model, UserFields = 2, ItemFields = 2, Dim = 4 });
        var row = new float[4];
        string directory = Path.Combine(_folder, model, "1");
        Directory.CreateDirectory(Path.GetDirectoryName(directory)!);
        PackageWriter.Write(scored with { Tables = [.. scored.Fields.Select(field => new PackageTable { Name = field.Name, Width = 4, Keys = [], Rows = [], Mean = row, Default = row })] }, directory);

        var (exit, output, error) = await Run("inspect", "package", directory);

        Assert.Equal((0, ""), (exit, error));
        Assert.StartsWith(expected, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Package_of_another_folder_exits_1_with_the_reason()
    {
        var (exit, output, error) = await Run("inspect", "package", _folder);
        Assert.Equal((1, ""), (exit, output));
        Assert.Contains("manifest.json is missing", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_says_what_rows_take_in_memory()
    {
        (int exit, string output, string error) = await Run("inspect", "tables", Package(), "--json");
        Assert.Equal((0, ""), (exit, error));
        using JsonDocument json = JsonDocument.Parse(output);
        JsonElement table = json.RootElement.GetProperty("tables")[0];
        Assert.Equal(("user", 1, 3, 12), (table.GetProperty("name").GetString(), table.GetProperty("width").GetInt32(), table.GetProperty("rows").GetInt32(), table.GetProperty("row_bytes").GetInt32()));
        Assert.Equal(3, table.GetProperty("precisions").GetProperty("fp32").GetProperty("rows").GetInt32());
        Assert.InRange(table.GetProperty("memory_bytes").GetInt64(), 12, json.RootElement.GetProperty("stated_bytes").GetInt64());

        (exit, output, error) = await Run("inspect", "tables", Package());
        Assert.Equal((0, ""), (exit, error));
        Assert.Matches(@"^user +1 +3 +12 +8,\d\d\d ", output.Split('\n')[1]);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Clicks()
    {
        string path = Path.Combine(_folder, "clicks.csv");
        File.WriteAllText(path, "user,item,shop,click\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"u{i % 7},i{i % 5},s,{i * i % 3 % 2}\n")));
        return path;
    }

    private string Package()
    {
        string directory = Path.Combine(_folder, "model", "1");
        if (Directory.Exists(directory))
            return directory;
        Directory.CreateDirectory(Path.GetDirectoryName(directory)!);
        PackageWriter.Write(
            new ModelPackage
            {
                Lineage = "abc",
                Schema = DataSchemaJson.ToElement(new DataSchema
                {
                    Name = "m",
                    LabelColumn = "click",
                    Fields = [new FieldSchema { Name = "user", Side = FieldSide.User, Kind = FieldKind.Categorical }],
                }),
                Fields = [new PackageField { Name = "user", Dim = 0, Linear = true }],
                Architecture = new ModelArchitecture { Kind = "lr" },
                Dense = [new DenseTensor("head.bias", [1], [0.5f])],
                Tables = [new PackageTable { Name = "user", Width = 1, Keys = [5, 6, 7], Rows = [1, 2, 3], Mean = [2], Default = [2] }],
                Metrics = new Dictionary<string, double> { ["test_auc"] = 0.75 },
            },
            directory);
        return directory;
    }

    private static async Task<(int Exit, string Output, string Error)> Run(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int exit = await CommandLine.RunAsync([InspectVerb.Create()], args, output, error);
        return (exit, output.ToString(), error.ToString());
    }
}
