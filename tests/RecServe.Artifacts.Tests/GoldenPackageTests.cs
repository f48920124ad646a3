namespace RecServe.Artifacts.Tests;

/// <summary>
/// Packages that an earlier build wrote. If the first test fails, the format has changed: its version must change with it, and these
/// directories stay, to be read as long as their version is.
/// </summary>
public sealed class GoldenPackageTests : IDisposable
{
    private readonly TemporaryDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("dcnv2")]
    [InlineData("deepfm")]
    [InlineData("dcnv2-mix")]
    [InlineData("mmoe-top-k")]
    public void Writer_of_today_makes_the_golden_bytes(string kind)
    {
        PackageWriter.Write(SamplePackage.Of(kind), _temp[kind]);
        string[] files = Files(Golden(kind));
        Assert.Equal(files, Files(_temp[kind]));
        Assert.Equal(7, files.Length);
        foreach (string file in files)
            Assert.True(File.ReadAllBytes(Path.Combine(Golden(kind), file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(_temp[kind], file))), file);
    }

    [Theory]
    [InlineData("dcnv2")]
    [InlineData("deepfm")]
    [InlineData("dcnv2-mix")]
    [InlineData("mmoe-top-k")]
    public void Reader_of_today_reads_the_golden_bytes(string kind) =>
        PackageEquality.AssertSame(SamplePackage.Of(kind), PackageReader.Read(Golden(kind)));

    public static string Golden(string kind) => Path.Combine(AppContext.BaseDirectory, "Golden", "v1-" + kind);

    private static string[] Files(string directory) =>
        [.. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(directory, f)).Order(StringComparer.Ordinal)];
}
