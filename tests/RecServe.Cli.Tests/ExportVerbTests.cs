using System.Text;
using RecServe.Artifacts;
using RecServe.Cli.Bench;
using RecServe.Cli.Terminal;
using RecServe.Cli.Verbs;
using RecServe.Ranking;

namespace RecServe.Cli.Tests;

public sealed class ExportVerbTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("recserve-export").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Export_writes_the_model_once_and_refuses_to_overwrite()
    {
        ModelPackage package = Package();
        string version = Path.Combine(_directory, "m/1"), file = Path.Combine(_directory, "m.onnx");
        PackageWriter.Write(package, version);
        Assert.Equal(ExitCode.Ok, await Run("export", version, "--onnx", file));
        Assert.Equal(OnnxExport.Write(PackageReader.Read(version)), await File.ReadAllBytesAsync(file));
        Assert.NotEqual(ExitCode.Ok, await Run("export", version, "--onnx", file));
        Assert.NotEqual(ExitCode.Ok, await Run("export", Path.Combine(_directory, "none"), "--onnx", file + "2"));
    }

    [Fact]
    public void Write_names_version_producer_inputs_and_output()
    {
        byte[] model = OnnxExport.Write(Package());

        // ModelProto: field 1 (ir_version) = 7, field 2 (producer_name) = "recserve" of 8 bytes; by hand from onnx.proto3.
        Assert.Equal("08-07-12-08-72-65-63-73-65-72-76-65-3A", Convert.ToHexString(model.AsSpan(0, 13)).Chunk(2).Select(pair => new string(pair)).Aggregate((a, b) => $"{a}-{b}"));
        string text = Encoding.Latin1.GetString(model);
        Assert.All((string[])["Gemm", "Relu", "mlp.1.weight", "logit", "batch"], name => Assert.Contains(name, text));

        // The last field is opset_import { domain: "", version: 12 }.
        Assert.Equal("42040A00100C", Convert.ToHexString(model.AsSpan(model.Length - 6)));
    }

    [Fact]
    public async Task Export_examples_adds_features_of_events_and_tells_what_it_found()
    {
        string data = Path.Combine(_directory, "in.csv"), schema = Path.Combine(_directory, "schema.json"), target = Path.Combine(_directory, "out.csv");
        await File.WriteAllTextAsync(data, "u,i,t,y\n1,a,10,1\n2,a,20,0\n");
        await File.WriteAllTextAsync(schema, """{"name": "x", "label": {"column": "y"}, "user": "u", "item": "i", "time": "t", "fields": [{"name": "n", "side": "item", "kind": "numeric", "from": "ctr/24h"}]}""");
        string[] args = ["export", "examples", "--events", data, "--schema", schema, "--out", target];
        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.Equal(ExitCode.Ok, await CommandLine.RunAsync([ExportVerb.Create()], [.. args, "--json"], output, error));
        Assert.Equal("u,i,t,y,n\n1,a,10,1,\n2,a,20,0,1\n", await File.ReadAllTextAsync(target));
        Assert.Equal($"2 lines: 2 examples, 1 positive, written to {target}\n", error.ToString());
        Assert.StartsWith("""{"lines":2,"examples":2,"positives":1,"duplicates":0,""", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failed, await Run(args));
        Assert.Equal(ExitCode.Usage, await Run([.. args[..^1], "", "--join-seconds", "-1"]));
        Assert.Equal(ExitCode.Usage, await Run([.. args, "--format", "parquet"]));
    }

    private static ModelPackage Package()
    {
        ModelPackage package = ScoreModel.Create(new ScoreBenchOptions { Model = "mlp", UserFields = 2, ItemFields = 1, Dim = 3 });
        return package with
        {
            Tables = [.. package.Fields.Select(field => new PackageTable
            {
                Name = field.Name, Width = field.Width, Keys = [], Rows = [], Mean = new float[field.Width], Default = new float[field.Width],
            })],
        };
    }

    private static async Task<int> Run(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        return await CommandLine.RunAsync([ExportVerb.Create()], args, output, error);
    }
}
