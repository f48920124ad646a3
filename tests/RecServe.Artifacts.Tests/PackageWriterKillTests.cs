using System.Diagnostics;

namespace RecServe.Artifacts.Tests;

/// <summary>A writer that is killed leaves no directory that a reader could take for a package.</summary>
public sealed class PackageWriterKillTests : IDisposable
{
    private readonly TemporaryDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(0.95)]
    [InlineData(1.0)]
    public void Killed_after_a_share_of_the_bytes_the_target_is_not_there(double share)
    {
        ModelPackage package = SamplePackage.Of("dcnv2");
        PackageWriter.Write(package, _temp["whole"]);
        long total = Directory.EnumerateFiles(_temp["whole"], "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);

        using Process child = Process.Start(new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            ArgumentList = { typeof(PackageWriterKillTests).Assembly.Location, _temp["models/1"], ((long)(total * share)).ToString(), "dcnv2" },
            RedirectStandardOutput = true,
        })!;
        string? line = child.StandardOutput.ReadLine();
        child.Kill();
        child.WaitForExit();

        Assert.Equal("stopped", line);
        Assert.False(Directory.Exists(_temp["models/1"]));
        string left = Assert.Single(Directory.GetFileSystemEntries(_temp["models"]));
        Assert.StartsWith(".1.writing-", Path.GetFileName(left), StringComparison.Ordinal);

        PackageWriter.Write(package, _temp["models/1"]);
        PackageEquality.AssertSame(package, PackageReader.Read(_temp["models/1"]));
    }
}
