using System.Text.Json;
using RecServe.Artifacts;
using RecServe.Cli.Bench;
using RecServe.Cli.Terminal;
using RecServe.Cli.Verbs;
using RecServe.Embeddings;
using RecServe.Features;
using RecServe.FeatureStore;
using RecServe.Ranking;

namespace RecServe.Cli.Tests;

public sealed class ApplyVerbTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("recserve-apply").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Apply_feeds_a_file_once_and_keeps_what_is_refused()
    {
        ModelPackage package = Package();
        PackageWriter.Write(package, Path.Combine(_directory, "models/m/1"));
        string file = Path.Combine(_directory, "updates.jsonl"), refused = Path.Combine(_directory, "refused"), table = package.Tables[0].Name;
        string Line(string rows) => $$"""{"lineage":"{{package.Lineage}}","table":"{{table}}","producer":"me","rows":[{{rows}}]}""";
        await File.WriteAllLinesAsync(file,
        [
            Line("""{"key":5,"version":1,"values":[1,2,3]},{"id":"u42","version":1,"values":[1,2,3]}"""),
            Line("""{"key":5,"version":2,"values":[1,2,3000]},{"key":6,"version":1,"values":[1]}"""),
            Line("""{"key":5,"version":1,"values":[1,2,3]}"""),
        ]);
        string[] command = ["apply", file, "--models", Path.Combine(_directory, "models"), "--store", Path.Combine(_directory, "rows"), "--quarantine-file", refused, "--json"];

        (int exit, string output) = await Run(command);

        Assert.Equal(ExitCode.Failed, exit);
        Assert.Equal("""{"messages":3,"applied":2,"stale":1,"quarantined":1,"refused":{"wrong_length":1,"norm_jump":1}}""", output.Trim());
        (_, output) = await Run("quarantine", "show", "--file", refused, "--reason", "norm_jump");
        using JsonDocument shown = JsonDocument.Parse(output);
        Assert.Equal(1, shown.RootElement.GetProperty("offset").GetInt64());
        Assert.Equal(0, Assert.Single(shown.RootElement.GetProperty("rows").EnumerateArray()).GetProperty("index").GetInt32());
        (exit, output) = await Run(command);
        Assert.Equal(ExitCode.Ok, exit);
        Assert.StartsWith("""{"messages":0,""", output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, (await Run("quarantine", "show")).Exit);
        Assert.Equal(ExitCode.Usage, (await Run("quarantine", "show", "--file", refused, "--reason", "none")).Exit);
    }

    [Fact]
    public async Task Apply_names_the_folder_or_the_file_that_is_not_there_and_makes_no_store()
    {
        string models = Path.Combine(_directory, "models"), rows = Path.Combine(_directory, "rows"), file = Path.Combine(_directory, "updates.jsonl");
        Assert.Equal(ExitCode.Usage, (await Run("apply", file, "--models", models, "--store", rows)).Exit);
        await File.WriteAllTextAsync(file, "");
        Assert.Equal(ExitCode.Usage, (await Run("apply", file, "--models", models, "--store", rows)).Exit);
        Directory.CreateDirectory(models);
        Assert.Equal(ExitCode.Usage, (await Run("apply", file, "--models", models, "--store", rows)).Exit);
        Assert.False(Directory.Exists(rows));
    }

    [Fact]
    public async Task Apply_features_feeds_rows_of_users_and_items_to_the_store()
    {
        ModelPackage package = Package();
        PackageWriter.Write(package, Path.Combine(_directory, "models/m/1"));
        string file = Path.Combine(_directory, "features.jsonl"), rows = Path.Combine(_directory, "rows");
        string field = PackageEncoders.Schema(package).Fields.First(field => field.Side == FieldSide.Item).Name;
        await File.WriteAllLinesAsync(file,
        [
            $$$"""{"entity":"item","id":"i1","version":1,"producer":"me","features":{"{{{field}}}":"a"}}""",
            $$$"""{"entity":"item","id":"i1","version":1,"producer":"me","features":{"{{{field}}}":"b"}}""",
            """{"entity":"item","id":"i2","version":1,"producer":"me","features":{"unheard of":"b"}}""",
        ]);

        (int exit, string output) = await Run("apply", file, "--features", "--models", Path.Combine(_directory, "models"), "--store", rows, "--json");

        Assert.Equal(ExitCode.Failed, exit);
        Assert.Equal("""{"messages":3,"applied":1,"stale":1,"quarantined":1,"refused":{"unknown_feature":1}}""", output.Trim());
        using RowStore store = RowStore.Open(new RowStoreOptions { Directory = rows });
        using var features = new DurableFeatureStore(store);
        Assert.Equal($"Item i1 version 1 {field}=a", features.FindOne(FieldSide.Item, "i1"u8)?.ToString());
    }

    private static ModelPackage Package()
    {
        ModelPackage package = ScoreModel.Create(new ScoreBenchOptions { Model = "mlp", UserFields = 2, ItemFields = 1, Dim = 3 });
        return package with
        {
            Tables = [.. package.Fields.Select(field => new PackageTable
            {
                Name = field.Name, Width = field.Width, Keys = [5], Rows = [1, 1, 1], Mean = new float[field.Width], Default = new float[field.Width],
            })],
        };
    }

    private static async Task<(int Exit, string Output)> Run(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int exit = await CommandLine.RunAsync([ApplyVerb.Create(), QuarantineVerb.Create()], args, output, error);
        return (exit, output.ToString());
    }
}
