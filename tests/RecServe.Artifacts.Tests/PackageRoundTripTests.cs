namespace RecServe.Artifacts.Tests;

public sealed class PackageRoundTripTests : IDisposable
{
    private readonly TemporaryDirectory _temp = new();

    public static TheoryData<string> Kinds => [.. SamplePackage.Kinds];

    public void Dispose() => _temp.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Package_written_and_read_is_the_same(string kind)
    {
        ModelPackage package = SamplePackage.Of(kind, seed: 3);
        PackageWriter.Write(package, _temp["ctr/17"]);
        PackageEquality.AssertSame(package, PackageReader.Read(_temp["ctr/17"]));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Package_written_twice_has_equal_bytes(string kind)
    {
        PackageWriter.Write(SamplePackage.Of(kind), _temp["a"]);
        PackageWriter.Write(SamplePackage.Of(kind), _temp["b"]);
        string[] files = [.. Directory.EnumerateFiles(_temp["a"], "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(_temp["a"], f))];
        Assert.Equal(7, files.Length);
        foreach (string file in files)
            Assert.Equal(File.ReadAllBytes(Path.Combine(_temp["a"], file)), File.ReadAllBytes(Path.Combine(_temp["b"], file)));
    }

    [Fact]
    public void Manifest_read_alone_names_rows_files_and_metrics()
    {
        PackageWriter.Write(SamplePackage.Of("deepfm"), _temp["1"]);
        PackageManifest manifest = PackageReader.ReadManifest(_temp["1"]);
        Assert.Equal(5, manifest.TotalRows);
        Assert.Equal(
            ["catalogs/items.safetensors", "catalogs/users.safetensors", "dense.safetensors", "tables/000-userId.safetensors", "tables/001-age.safetensors", "tables/002-genres___.safetensors"],
            manifest.Files.Select(f => f.Path));
        Assert.Equal(manifest.Files.Sum(f => new FileInfo(Path.Combine(_temp["1"], f.Path)).Length), manifest.TotalBytes);
        Assert.Equal(0.625, manifest.Metrics["test_auc"]);
        Assert.Equal(new ManifestCatalog("items", 3, manifest.Catalogs[0].Columns, "catalogs/items.safetensors"), manifest.Catalogs[0]);
    }

    [Fact]
    public void Write_into_an_empty_directory_succeeds()
    {
        Directory.CreateDirectory(_temp["1"]);
        PackageWriter.Write(SamplePackage.Of("lr"), _temp["1"] + "/");
        PackageEquality.AssertSame(SamplePackage.Of("lr"), PackageReader.Read(_temp["1"]));
    }

    [Fact]
    public void Files_that_the_manifest_does_not_name_are_ignored()
    {
        PackageWriter.Write(SamplePackage.Of("lr"), _temp["1"]);
        File.WriteAllText(Path.Combine(_temp["1"], "README.txt"), "notes");
        PackageEquality.AssertSame(SamplePackage.Of("lr"), PackageReader.Read(_temp["1"]));
    }

    [Fact]
    public void Package_reached_through_a_symbolic_link_is_read()
    {
        PackageWriter.Write(SamplePackage.Of("fm"), _temp["1"]);
        Directory.CreateSymbolicLink(_temp["latest"], _temp["1"]);
        File.Move(Path.Combine(_temp["1"], "dense.safetensors"), _temp["elsewhere"]);
        File.CreateSymbolicLink(Path.Combine(_temp["1"], "dense.safetensors"), _temp["elsewhere"]);
        PackageEquality.AssertSame(SamplePackage.Of("fm"), PackageReader.Read(_temp["latest"]));
    }
}
