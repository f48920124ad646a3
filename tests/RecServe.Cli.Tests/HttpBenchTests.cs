using System.Text.Json;
using RecServe.Cli.Terminal;
using RecServe.Cli.Verbs;

namespace RecServe.Cli.Tests;

public sealed class HttpBenchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recserve-http-bench-").FullName;

    [Fact]
    public async Task Plans_plain_batches_and_a_peer_are_asked_in_turn()
    {
        string package = await TrainAsync();
        string peer = Script($"exec dotnet exec '{typeof(HttpBench).Assembly.Location}' serve --models \"$(dirname \"$(dirname \"$1\")\")\" --urls \"http://127.0.0.1:$2\"");
        (int exit, string output, string error) = await Run("bench", "http", package, "--candidates", "20", "--turns", "2", "--turn-ms", "50", "--open-seconds", "1", "--users", "30", "--peer", peer, "--json");
        Assert.True(exit == ExitCode.Ok, error);
        using JsonDocument json = JsonDocument.Parse(output);
        foreach (string name in (string[])["plans_per_second", "plain_per_second", "peer_per_second", "over_plain_ratio", "over_peer_ratio", "p50_ms_at_70_percent"])
            Assert.True(json.RootElement.GetProperty(name).GetDouble() > 0, name);
        Assert.InRange(json.RootElement.GetProperty("largest_difference").GetDouble(), 0, 1e-6);
        Assert.True(json.RootElement.GetProperty("p99_ms_at_70_percent").GetDouble() >= json.RootElement.GetProperty("p50_ms_at_70_percent").GetDouble());
    }

    [Fact]
    public async Task A_peer_that_does_not_start_is_named()
    {
        string peer = Script("exit 3");
        (int exit, _, string error) = await Run("bench", "http", await TrainAsync(), "--candidates", "20", "--turns", "1", "--turn-ms", "50", "--peer", peer);
        Assert.NotEqual(ExitCode.Ok, exit);
        Assert.Contains(peer, error, StringComparison.Ordinal);
        Assert.DoesNotContain("bug", error, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<string> TrainAsync()
    {
        string data = Path.Combine(_folder, "data.csv"), schema = Path.Combine(_folder, "schema.json"), package = Path.Combine(_folder, "models", "small", "1");
        var random = new Random(3);
        await File.WriteAllLinesAsync(data, ["user,item,label", .. Enumerable.Range(0, 1500).Select(_ => $"{random.Next(30)},i{random.Next(40)},{random.Next(2)}")]);
        await File.WriteAllTextAsync(schema, """
            {"name":"small","label":{"column":"label"},"user":"user","item":"item","fields":[{"name":"user","side":"user","kind":"categorical","dim":8},
             {"name":"item","side":"item","kind":"categorical","dim":8}]}
            """);
        (int exit, _, string error) = await Run("train", "--data", data, "--schema", schema, "--split", "random:60/20/20", "--model", "dcnv2", "--set", "hidden=8", "--set", "epochs=1", "--out", package);
        Assert.True(exit == ExitCode.Ok, error);
        return package;
    }

    private string Script(string line)
    {
        string path = Path.Combine(_folder, "peer.sh");
        File.WriteAllText(path, $"#!/bin/sh\n{line}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    private static async Task<(int Exit, string Output, string Error)> Run(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int exit = await CommandLine.RunAsync([BenchVerb.Create(), TrainVerb.Create()], args, output, error);
        return (exit, output.ToString(), error.ToString());
    }
}
