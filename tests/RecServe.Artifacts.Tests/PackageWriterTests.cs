namespace RecServe.Artifacts.Tests;

public sealed class PackageWriterTests : IDisposable
{
    private readonly TemporaryDirectory _temp = new();

    /// <summary>What is wrong with a package in memory, and the message.</summary>
    private static readonly Dictionary<string, (Func<ModelPackage, ModelPackage> Break, string Message)> Cases = new()
    {
        ["empty lineage"] = (p => p with { Lineage = "" }, "lineage has 0 characters, expected 1 to 512"),
        ["metric NaN"] = (p => p with { Metrics = new Dictionary<string, double> { ["auc"] = double.NaN } }, "metrics.auc: NaN is not a finite number"),
        ["tensor missing"] = (p => p with { Dense = [.. p.Dense.Skip(1)] }, "dense tensors: tensor 'mlp.0.weight' is missing"),
        ["tensor twice"] = (p => p with { Dense = [p.Dense[0], .. p.Dense] }, "dense tensors: tensor 'mlp.0.weight' stands twice"),
        ["values short"] = (p => p with { Dense = [p.Dense[0] with { Values = new float[59] }, .. p.Dense.Skip(1)] }, "dense tensors: tensor 'mlp.0.weight' has 59 values, its shape 60"),
        ["dims differ"] = (p => p with { Fields = [p.Fields[0], p.Fields[1] with { Dim = 5 }, p.Fields[2]] }, "field 'age': dim is 5, that of 'userId' is 4; kind 'deepfm' wants equal ones"),
        ["too few tables"] = (p => p with { Tables = [p.Tables[0]] }, "tables: has 1 entries for 3 fields"),
        ["row NaN"] = (p => p with { Tables = [p.Tables[0] with { Rows = [float.NaN, .. p.Tables[0].Rows[1..]] }, .. p.Tables.Skip(1)] }, "table 'userId': row 0 (key 2), float 0 is NaN"),
        ["rows short"] = (p => p with { Tables = [p.Tables[0] with { Rows = p.Tables[0].Rows[1..] }, .. p.Tables.Skip(1)] }, "table 'userId': 19 floats in rows, 4 keys of 5 floats need 20"),
        ["mean short"] = (p => p with { Tables = [p.Tables[0] with { Mean = [1f] }, .. p.Tables.Skip(1)] }, "table 'userId': 'mean' has 1 floats, expected 5"),
        ["catalog twice"] = (p => p with { Catalogs = [p.Catalogs[0], p.Catalogs[0]] }, "catalogs: entity 'items' stands twice"),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    public void Dispose() => _temp.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Write_package_that_breaks_a_rule_is_refused_and_leaves_nothing(string name)
    {
        ModelPackage package = Cases[name].Break(SamplePackage.Of("deepfm"));
        Assert.Equal(Cases[name].Message, Assert.Throws<PackageException>(() => PackageWriter.Write(package, _temp["1"])).Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_temp.Path));
    }

    [Fact]
    public void Write_over_a_package_is_refused_and_keeps_it()
    {
        PackageWriter.Write(SamplePackage.Of("lr"), _temp["1"]);
        string message = Assert.Throws<PackageException>(() => PackageWriter.Write(SamplePackage.Of("fm"), _temp["1"])).Message;
        Assert.Equal($"{_temp["1"]}: exists and is not empty; a package is never overwritten", message);
        PackageEquality.AssertSame(SamplePackage.Of("lr"), PackageReader.Read(_temp["1"]));
    }

    [Fact]
    public void Write_over_a_file_is_refused()
    {
        File.WriteAllText(_temp["1"], "x");
        Assert.Contains("exists and is not empty", Assert.Throws<PackageException>(() => PackageWriter.Write(SamplePackage.Of("lr"), _temp["1"])).Message, StringComparison.Ordinal);
        Assert.Equal("x", File.ReadAllText(_temp["1"]));
    }

    [Fact]
    public void Write_below_a_file_is_refused_with_the_reason_of_the_disk()
    {
        File.WriteAllText(_temp["x"], "");
        string message = Assert.Throws<PackageException>(() => PackageWriter.Write(SamplePackage.Of("lr"), _temp["x/1"])).Message;
        Assert.StartsWith($"{_temp["x/1"]}: cannot write the package: ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_failing_at_any_byte_leaves_nothing()
    {
        ModelPackage package = SamplePackage.Of("dcnv2");
        PackageWriter.Write(package, _temp["whole"]);
        long total = Directory.EnumerateFiles(_temp["whole"], "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);
        for (long at = 0; at < total; at += 97)
        {
            string message = Assert.Throws<PackageException>(() => PackageWriter.Write(package, _temp["1"], new FailingFiles(at))).Message;
            Assert.Equal($"{_temp["1"]}: cannot write the package: no space left, said the test", message);
            Assert.Equal([_temp["whole"]], Directory.EnumerateFileSystemEntries(_temp.Path));
        }

        PackageWriter.Write(package, _temp["1"], new FailingFiles(total));
        PackageEquality.AssertSame(package, PackageReader.Read(_temp["1"]));
    }

    [Fact]
    public void Write_lost_race_for_the_directory_leaves_the_other_package()
    {
        var files = new RacingFiles(_temp["1"]);
        Assert.Throws<PackageException>(() => PackageWriter.Write(SamplePackage.Of("fm"), _temp["1"], files));
        PackageEquality.AssertSame(SamplePackage.Of("lr"), PackageReader.Read(_temp["1"]));
        Assert.Equal([_temp["1"]], Directory.EnumerateFileSystemEntries(_temp.Path));
    }

    [Fact]
    public void Write_syncs_every_file_before_it_is_published()
    {
        var files = new CountingFiles();
        PackageWriter.Write(SamplePackage.Of("fm"), _temp["1"], files);
        Assert.Equal(7, files.Synced);
        Assert.Equal(7, files.SyncedWhenPublished);
    }

    private sealed class FailingFiles(long bytes) : PackageFiles
    {
        private long _left = bytes;

        public override Stream Create(string path) => new FaultStream(base.Create(path), count =>
        {
            if ((_left -= count) < 0)
                throw new IOException("no space left, said the test");
        });
    }

    private sealed class RacingFiles(string target) : PackageFiles
    {
        public override void Publish(string temporary, string target1)
        {
            PackageWriter.Write(SamplePackage.Of("lr"), target);
            base.Publish(temporary, target1);
        }
    }

    private sealed class CountingFiles : PackageFiles
    {
        public int Synced { get; private set; }

        public int SyncedWhenPublished { get; private set; }

        public override void Sync(Stream stream)
        {
            base.Sync(stream);
            Synced++;
        }

        public override void Publish(string temporary, string target)
        {
            SyncedWhenPublished = Synced;
            base.Publish(temporary, target);
        }
    }
}
