using System.Buffers.Binary;
using System.Text;
using RecServe.Artifacts;
using RecServe.Cli.Bench;
using RecServe.Cli.Terminal;
using RecServe.Cli.Verbs;
using RecServe.Features;
using RecServe.Ranking;

namespace RecServe.Cli.Tests;

public sealed class ImportVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recserve-import").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("mlp", true)]
    [InlineData("dcnv2", false)]
    [InlineData("dcnv2-stacked", true)]
    public async Task Exported_model_and_its_tables_become_a_package_of_equal_scores(string model, bool folder)
    {
        ModelPackage source = ScoreModel.Create(new ScoreBenchOptions { Model = model, UserFields = 2, ItemFields = 1, Dim = 3 });
        Tables(source, folder);
        Assert.Equal((ExitCode.Ok, ""), await Run(folder ? "tables" : "tables.safetensors", source));
        ModelPackage imported = PackageReader.Read(In("m/1"));
        Assert.Equal(source.Fields.Select(field => field.Name), imported.Fields.Select(field => field.Name));

        // Row 1 of f0 is the value "b", of f1 the number −7, of f2 (a bucket by hash) the bucket 1.
        Assert.Equal([11f, 12, 13], Row(imported.Tables[0], RowKey.Of("b")));
        Assert.Equal([21f, 22, 23], Row(imported.Tables[1], RowKey.Of("-7")));
        Assert.Equal([31f, 32, 33], Row(imported.Tables[2], RowKey.NumericVector + 1));
        Assert.Equal([7f, 8, 9], Row(imported.Tables[0], RowKey.Missing));
        Assert.Equal([10.5f, 11.5f, 12.5f], imported.Tables[0].Default);
        Assert.Equal(32, imported.Lineage.Length);
        IScorer expected = ScorerFactory.Create(source), actual = ScorerFactory.Create(imported);
        float[] a = new float[1], b = new float[1];
        var random = new Random(1);
        for (int trial = 0; trial < 20; trial++)
        {
            float[] user = [.. Enumerable.Range(0, 6).Select(_ => random.NextSingle())], item = [.. Enumerable.Range(0, 3).Select(_ => random.NextSingle())];
            expected.ScoreRows(user, item, 1, new float[expected.ScratchFloats(1)], a);
            actual.ScoreRows(user, item, 1, new float[actual.ScratchFloats(1)], b);
            Assert.Equal(a[0], b[0], 1e-5 * Math.Max(1, Math.Abs(a[0])));
        }
    }

    [Theory]
    [InlineData("f0.rows", "is missing")]
    [InlineData("f0.values", "what the rows of field 'f0' stand for is missing")]
    public async Task Tensor_that_is_missing_is_named(string missing, string message)
    {
        ModelPackage source = ScoreModel.Create(new ScoreBenchOptions { Model = "mlp", UserFields = 2, ItemFields = 1, Dim = 3 });
        Tables(source, folder: true);
        File.Delete(Directory.EnumerateFiles(In("tables"), $"{missing}.*").Single());
        (int exit, string error) = await Run("tables", source);
        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(In("m/1")));
    }

    [Fact]
    public async Task Files_that_are_none_are_refused_and_what_is_left_over_is_told()
    {
        ModelPackage source = ScoreModel.Create(new ScoreBenchOptions { Model = "mlp", UserFields = 2, ItemFields = 1, Dim = 3 });
        Tables(source, folder: true);
        await File.WriteAllTextAsync(In("tables/f9.values.txt"), "a");
        Assert.Equal((ExitCode.Ok, "tensor 'f9.values' belongs to no field and was left\n"), await Run("tables", source));
        await File.WriteAllBytesAsync(In("tables/f0.rows.npy"), new byte[50]);
        Directory.Delete(In("m"), recursive: true);
        (int exit, string error) = await Run("tables", source);
        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains("f0.rows.npy: does not start as a .npy file does", error, StringComparison.Ordinal);
        (exit, error) = await Run("schema.json", source);
        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains("schema.json: ", error, StringComparison.Ordinal);
    }

    private static float[] Row(PackageTable table, ulong key) => table.Rows[(Array.IndexOf(table.Keys, key) * 3)..((Array.IndexOf(table.Keys, key) + 1) * 3)];

    private string In(string path) => Path.Combine(_folder, path);

    private async Task<(int Exit, string Error)> Run(string tables, ModelPackage source)
    {
        await File.WriteAllBytesAsync(In("m.onnx"), OnnxExport.Write(source));
        await File.WriteAllTextAsync(In("schema.json"), """
            {"name":"imported","label":{"column":"label"},"fields":[{"name":"f0","side":"user","kind":"categorical","dim":3},
             {"name":"f1","side":"user","kind":"categorical","dim":3},{"name":"f2","side":"item","kind":"categorical","dim":3,"buckets":"hash:2"}]}
            """);
        using var output = new StringWriter();
        using var error = new StringWriter();
        int exit = await CommandLine.RunAsync([ImportVerb.Create()], ["import", "--onnx", In("m.onnx"), "--tables", In(tables), "--schema", In("schema.json"), "--out", In("m/1")], output, error);
        return (exit, error.ToString());
    }

    // Rows 10 f, 10 f + 1, 10 f + 2 and 10 (f + 1) + 1, … of field f, in both forms.
    private void Tables(ModelPackage source, bool folder)
    {
        byte[] Rows(int field) => Bytes(Enumerable.Range(0, 2).SelectMany(row => Enumerable.Range(0, 3).Select(i => (float)((10 * (field + row)) + i + row))));
        var tensors = new List<(string Name, TensorType Type, long[] Shape, byte[] Data)>
        {
            ("f0.rows", TensorType.F32, [2, 3], Rows(0)), ("f0.values", TensorType.U8, [4], "a\nb\n"u8.ToArray()), ("f0.missing", TensorType.F32, [3], Bytes([7, 8, 9])), ("f0.default", TensorType.F32, [3], Bytes([10.5f, 11.5f, 12.5f])),
            ("f1.rows", TensorType.F32, [2, 3], Rows(1)), ("f1.ids", TensorType.I64, [2], Whole(5, -7)), ("f2.rows", TensorType.F32, [2, 3], Rows(2)),
        };
        Assert.Equal(3, source.Fields.Count);
        if (folder)
        {
            Directory.CreateDirectory(In("tables"));
            foreach ((string name, TensorType type, long[] shape, byte[] data) in tensors)
            {
                string text = $"{{'descr': '{(type == TensorType.I64 ? "<i8" : "<f4")}', 'fortran_order': False, 'shape': ({string.Join(", ", shape)}{(shape.Length == 1 ? "," : "")}), }}\n";
                File.WriteAllBytes(In($"tables/{name}.{(type == TensorType.U8 ? "txt" : "npy")}"), type == TensorType.U8 ? data
                    : [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, 0, .. Encoding.ASCII.GetBytes(text), .. data]);
            }

            return;
        }

        // A safetensors file by its specification: header length, header, bytes in order.
        int at = 0;
        string header = "{" + string.Join(",", tensors.Select(tensor => $"\"{tensor.Name}\":{{\"dtype\":\"{tensor.Type}\",\"shape\":[{string.Join(",", tensor.Shape)}],\"data_offsets\":[{at},{at += tensor.Data.Length}]}}")) + "}";
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        File.WriteAllBytes(In("tables.safetensors"), [.. length, .. Encoding.ASCII.GetBytes(header), .. tensors.SelectMany(tensor => tensor.Data)]);
    }

    private static byte[] Bytes(IEnumerable<float> values) => [.. values.SelectMany(value => BitConverter.GetBytes(value))];

    private static byte[] Whole(params long[] values) => [.. values.SelectMany(value => BitConverter.GetBytes(value))];
}
