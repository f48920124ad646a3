using System.Diagnostics;

namespace RecServe.Embeddings.Tests;

/// <summary>A cluster of three real masters that goes on when one of them is lost.</summary>
internal sealed class RedisCluster : IDisposable
{
    public RedisCluster()
    {
        Masters = [.. Enumerable.Range(0, 3).Select(_ => new RedisServer(
            "--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf", "--cluster-node-timeout", "1000", "--cluster-require-full-coverage", "no"))];
        using Process create = Process.Start(new ProcessStartInfo(
            RedisServer.Find("redis-cli")!, ["--cluster", "create", .. Masters.Select(master => $"127.0.0.1:{master.Port}"), "--cluster-yes"]) { RedirectStandardOutput = true })!;
        string output = create.StandardOutput.ReadToEnd();
        create.WaitForExit();
        Assert.True(create.ExitCode == 0, output);
        var watch = Stopwatch.StartNew();
        while (!Masters.All(master => master.Command("CLUSTER", "INFO").Contains("cluster_state:ok", StringComparison.Ordinal)))
            Assert.True(watch.Elapsed.TotalSeconds < 30, "the cluster is not formed within 30 s");
    }

    public RedisServer[] Masters { get; }

    public string ConnectionString => string.Join(',', Masters.Select(master => $"127.0.0.1:{master.Port}")) + ",connectTimeout=1000";

    public void Dispose()
    {
        foreach (RedisServer master in Masters)
            master.Dispose();
    }
}
