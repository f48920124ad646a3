using System.Security.Cryptography;

namespace RecServe.Integration.Tests;

/// <summary>What the program promises about a compression as a process: whatever ends it, the source stays as it was and no half-written package is left.</summary>
public sealed class CompressionProcessTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("KILL"), InlineData("TERM")]
    public async Task Compression_that_is_ended_leaves_the_source_and_no_target(string signal)
    {
        EveryFieldKindData.Write(_directory);
        string[] data = ["--train", _directory["train.csv"], "--valid", _directory["valid.csv"], "--test", _directory["test.csv"]];
        RecServeProcess.Run(0, ["train", .. data, "--schema", _directory["schema.json"], "--model", "dcnv2", "--set", "epochs=2", "--set", "hidden=24,16", "--out", _directory["m/1"]]).Dispose();
        string before = Hash();
        using RecServeProcess compress = RecServeProcess.Start(["compress", _directory["m/1"], .. data, "--budget", "20%", "--finetune-epochs", "100", "--out", _directory["m/2"]]);
        for (int attempt = 0; attempt < 600 && !compress.Error.Contains("compressing to", StringComparison.Ordinal); attempt++)
        {
            Assert.False(compress.HasExited, compress.Error);
            await Task.Delay(100);
        }

        compress.Signal(signal);

        Assert.NotEqual(0, compress.WaitForExit(TimeSpan.FromMinutes(2)));
        Assert.Equal(before, Hash());
        Assert.Equal(["1"], Directory.EnumerateFileSystemEntries(_directory["m"]).Select(Path.GetFileName));
        using RecServeProcess again = RecServeProcess.Run(0, ["compress", _directory["m/1"], .. data, "--budget", "20%", "--finetune-epochs", "1", "--out", _directory["m/2"]]);
        Assert.Contains("report.html", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compression_that_is_killed_about_when_it_writes_leaves_a_whole_package_or_none()
    {
        EveryFieldKindData.Write(_directory);
        string[] data = ["--train", _directory["train.csv"], "--valid", _directory["valid.csv"], "--test", _directory["test.csv"]];
        RecServeProcess.Run(0, ["train", .. data, "--schema", _directory["schema.json"], "--model", "mlp", "--set", "epochs=2", "--set", "hidden=24,16", "--out", _directory["m/1"]]).Dispose();
        string before = Hash();
        foreach (int delay in (int[])[0, 4, 12, 40])
        {
            string target = $"m/{2 + delay}";
            using RecServeProcess compress = RecServeProcess.Start(["compress", _directory["m/1"], .. data, "--budget", "30%", "--method", "hawq", "--finetune-epochs", "0", "--out", _directory[target]]);

            // The temporary directory beside the target is there as long as the files of the package are written.
            for (int attempt = 0; attempt < 120_000 && !compress.HasExited && !Directory.Exists(_directory[target])
                && !Directory.EnumerateFileSystemEntries(_directory["m"]).Any(entry => Path.GetFileName(entry).Contains(".writing-", StringComparison.Ordinal)); attempt++)
                await Task.Delay(1);
            await Task.Delay(delay);
            if (!compress.HasExited)
                compress.Signal("KILL");
            compress.WaitForExit(TimeSpan.FromMinutes(2));

            Assert.Equal(before, Hash());
            if (Directory.Exists(_directory[target]))
                RecServeProcess.Run(0, "evaluate", _directory[target], "--data", _directory["test.csv"], "--json").Dispose();
        }
    }

    private string Hash() => string.Join('\n', Directory.EnumerateFiles(_directory["m/1"], "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(file => $"{file} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}"));
}
