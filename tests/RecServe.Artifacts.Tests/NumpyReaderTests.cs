using System.Text.Json;

namespace RecServe.Artifacts.Tests;

/// <summary>The format is readable without RecServe: numpy finds the same numbers.</summary>
public sealed class NumpyReaderTests : IDisposable
{
    private readonly TemporaryDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [NumpyFact]
    public void Numpy_reads_the_golden_packages()
    {
        foreach (string kind in (string[])["dcnv2", "deepfm"])
        {
            (int exit, string output, string error) = Python.RunScript("read_package.py", GoldenPackageTests.Golden(kind));
            Assert.Equal((0, ""), (exit, error));
            CheckSame(SamplePackage.Of(kind), JsonDocument.Parse(output).RootElement);
        }
    }

    [NumpyFact]
    public void Numpy_reads_every_kind_that_is_written()
    {
        foreach (string kind in SamplePackage.Kinds)
        {
            ModelPackage package = SamplePackage.Of(kind, seed: 9);
            PackageWriter.Write(package, _temp[kind]);
            (int exit, string output, string error) = Python.RunScript("read_package.py", _temp[kind]);
            Assert.Equal((0, ""), (exit, error));
            CheckSame(package, JsonDocument.Parse(output).RootElement);
        }
    }

    [NumpyFact]
    public void Numpy_script_refuses_an_edited_file_by_name()
    {
        PackageWriter.Write(SamplePackage.Of("lr"), _temp["1"]);
        string file = Path.Combine(_temp["1"], "tables/000-userId.safetensors");
        byte[] bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
        Assert.Equal(
            (1, "", "read_package: tables/000-userId.safetensors: sha256 differs from the manifest's\n"),
            Python.RunScript("read_package.py", _temp["1"]));
    }

    // All sample values are multiples of 1/64, so that sums are exact in any order.
    private static void CheckSame(ModelPackage package, JsonElement read)
    {
        Assert.Equal(package.Lineage, read.GetProperty("lineage").GetString());
        Assert.Equal(package.Dense.Select(t => t.Name).Order(StringComparer.Ordinal), read.GetProperty("dense").EnumerateObject().Select(t => t.Name));
        foreach (DenseTensor tensor in package.Dense)
        {
            JsonElement seen = read.GetProperty("dense").GetProperty(tensor.Name);
            Assert.Equal(tensor.Shape, seen.GetProperty("shape").EnumerateArray().Select(s => s.GetInt32()));
            Assert.Equal(tensor.Values.Sum(v => (double)v), seen.GetProperty("sum").GetDouble());
        }

        foreach (PackageTable table in package.Tables)
        {
            JsonElement seen = read.GetProperty("tables").GetProperty(table.Name);
            Assert.Equal((table.Keys.Length, table.Width), (seen.GetProperty("rows").GetInt32(), seen.GetProperty("width").GetInt32()));
            Assert.Equal(table.Rows.Sum(v => (double)v), seen.GetProperty("sum").GetDouble());
            Assert.Equal(table.Keys.Select(k => k.ToString()), seen.GetProperty("keys").EnumerateArray().Select(k => k.GetString()));
        }

        Assert.Equal(["i1", "i22", "ü"], read.GetProperty("catalogs").GetProperty("items").GetProperty("ids").EnumerateArray().Select(i => i.GetString()));
    }
}
