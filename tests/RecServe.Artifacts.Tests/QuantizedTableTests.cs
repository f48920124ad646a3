using System.Text.Json;

namespace RecServe.Artifacts.Tests;

/// <summary>Tables whose rows stand in several formats.</summary>
public sealed class QuantizedTableTests : IDisposable
{
    private readonly TemporaryDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Sets_written_and_read_are_the_same(bool withFp32)
    {
        ModelPackage package = With(Mixed(withFp32));
        PackageWriter.Write(package, _temp["1"]);
        ModelPackage read = PackageReader.Read(_temp["1"]);
        PackageEquality.AssertSame(package, read);
        ManifestTable table = PackageReader.ReadManifest(_temp["1"]).Tables[0];
        Assert.Equal((withFp32 ? 4 : 2, read.Tables[0].RowBytes), (table.Rows, table.RowBytes));
        Assert.Equal(withFp32 ? "fp32 int8 int2" : "int8 int2", string.Join(' ', table.Sets.Select(set => set.Format.Name)));
        Assert.Equal(PackageReader.ReadManifest(_temp["1"]).Files.Single(f => f.Path == table.File).Sha256, read.Tables[0].Sha256);
    }

    [NumpyFact]
    public void Numpy_decodes_every_format()
    {
        // By hand, from the page: 4 numbers a row. fp16 1 = 0x3C00, 2 = 0x4000, -1 = 0xBC00; fp32 0.5 = 0x3F000000, 1 = 0x3F800000.
        PackageRowSet Set(string format, ulong key, params byte[] row) => new() { Format = PackageRowFormat.Find(format)!, Keys = [key], Rows = row };
        PackageTable table = SamplePackage.Of("mlp").Tables[0] with
        {
            Keys = [],
            Rows = [],
            Quantized =
            [
                Set("fp16", 11, 0x00, 0x3C, 0x00, 0x40, 0x00, 0xBC, 0x00, 0x3C), // 1 2 -1 1
                Set("int8", 12, 0, 1, 2, 255, 0, 0, 0, 0x3F, 0, 0, 0x80, 0x3F), // 0.5 c + 1: 1 1.5 2 128.5
                Set("int8-compact", 13, 0xFF, 1, 2, 3, 0x00, 0x40), // 2 c: -2 2 4 6
                Set("int4", 14, 0x21, 0xF3, 0x00, 0x3C, 0x00, 0xBC), // c - 1 of 1 2 3 15: 0 1 2 14
                Set("int2", 15, 0b11_10_01_00, 0x00, 0x40, 0x00, 0x3C), // 2 c + 1 of 0 1 2 3: 1 3 5 7
            ],
        };
        PackageWriter.Write(With(table), _temp["1"]);
        (int exit, string output, string error) = Python.RunScript("read_package.py", _temp["1"]);
        Assert.Equal((0, ""), (exit, error));
        JsonElement seen = JsonDocument.Parse(output).RootElement.GetProperty("tables").GetProperty(table.Name);
        Assert.Equal(["11", "12", "13", "14", "15"], seen.GetProperty("keys").EnumerateArray().Select(key => key.GetString()));
        Assert.Equal(3 + 133 + 10 + 17 + 16, seen.GetProperty("sum").GetDouble());
    }

    [Fact]
    public void Sets_that_break_a_rule_are_refused_by_name()
    {
        PackageTable mixed = Mixed(withFp32: true);
        PackageRowSet int8 = mixed.Quantized[0], int2 = mixed.Quantized[1];
        Refused("table 'userId': the set of int8 rows is empty, stands twice, or does not follow the order of the formats", [int2, int8]);
        Refused("table 'userId': the set of int8 rows is empty, stands twice, or does not follow the order of the formats", [int8 with { Keys = [], Rows = [] }]);
        Refused("table 'userId': 11 bytes in int8 rows, 1 keys of 12 bytes need 12", [int8 with { Rows = new byte[11] }]);
        Refused("table 'userId': key 7 stands in two sets of rows", [int8 with { Keys = [7] }]);
        Refused("table 'userId': int8 row 0 (key 3) holds a number, scale or bias that is not finite", [int8 with { Rows = [1, 2, 3, 4, 0, 0, 0x80, 0x7F, 0, 0, 0, 0] }]);
        void Refused(string message, PackageRowSet[] sets) =>
            Assert.Equal(message, Assert.Throws<PackageException>(() => PackageWriter.Write(With(mixed with { Quantized = sets }), _temp["1"])).Message);
    }

    [Theory]
    [InlineData("""{"fp8": 2}""", "tables[0].formats.fp8: is no row format; there are fp32, fp16, int8, int8-compact, int4, int2")]
    [InlineData("""{"int8": 1}""", "tables[0].formats: has 1 rows in all, the table has 4")]
    [InlineData("""{"int8": 0, "int2": 4}""", "tables[0].formats.int8: expected a whole number from 1 to 2147483591, found 0")]
    [InlineData("""{"fp32": 3, "int2": 1}""", "tables/000-userId.safetensors: tensor 'keys.fp32' is U64 [2], expected U64 [3]")]
    public void Manifest_with_wrong_formats_is_refused(string formats, string message)
    {
        PackageWriter.Write(With(Mixed(withFp32: true)), _temp["1"]);
        new DamagedPackage(_temp["1"]).Manifest(m => m["tables"]![0]!["formats"] = System.Text.Json.Nodes.JsonNode.Parse(formats));
        Assert.EndsWith(message, Assert.Throws<PackageException>(() => PackageReader.Read(_temp["1"])).Message, StringComparison.Ordinal);
    }

    private static ModelPackage With(PackageTable table)
    {
        ModelPackage package = SamplePackage.Of("mlp");
        return package with { Tables = [table, .. package.Tables.Skip(1)] };
    }

    private static PackageTable Mixed(bool withFp32)
    {
        PackageTable table = SamplePackage.Of("mlp").Tables[0];
        return table with
        {
            Keys = withFp32 ? [2, 7] : [],
            Rows = withFp32 ? table.Rows[..(2 * table.Width)] : [],
            Quantized =
            [
                new PackageRowSet { Format = PackageRowFormat.Find("int8")!, Keys = [3], Rows = [1, 2, 3, 4, 0, 0, 0x80, 0x3F, 0, 0, 0, 0] },
                new PackageRowSet { Format = PackageRowFormat.Find("int2")!, Keys = [ulong.MaxValue], Rows = [0x1B, 0, 0x3C, 0, 0] },
            ],
        };
    }
}
