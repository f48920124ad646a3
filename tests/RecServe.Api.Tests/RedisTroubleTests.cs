using RecServe.Api.Rows;
using RecServe.Embeddings;
using Xunit.Abstractions;

namespace RecServe.Api.Tests;

/// <summary>Servers that rank on while Redis, one server or a cluster, is paused, flushed, killed and started again.</summary>
public sealed class RedisTroubleTests(ITestOutputHelper output)
{
    private const int TimeoutMs = 20;

    // What a busy machine may add to the timeout, to most requests and to the slowest: one that hung would take Redis' own seconds.
    private const double Margin = 200, LongestMargin = 2000;

    [RedisFact]
    public async Task One_server_paused_flushed_killed_and_restarted_under_load_fails_no_ranking()
    {
        using var redis = new RedisServer();
        await using TestServer server = await StartAsync(redis.ConnectionString);
        SharedRows shared = server.Service<NodeRows>().Shared!;
        await TestServer.UntilAsync(() => shared.State == SharedRowsState.Closed);
        var load = new RankLoad(server);
        await TroubleAsync("paused", redis.Pause, redis.Resume);
        redis.Command("FLUSHALL");
        await TroubleAsync("killed", redis.Kill, redis.Start);
        await load.StopAsync();
        Assert.Equal(0, load.Failed);
        Assert.Contains("recserve_degraded_total{reason=\"redis\"}", await server.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);

        Task TroubleAsync(string what, Action begin, Action end) => RedisTroubleTests.TroubleAsync(load, shared, what, begin, end, output);
    }

    [RedisFact]
    public async Task A_cluster_of_three_masters_serves_and_survives_the_loss_of_one()
    {
        using var cluster = new RedisCluster();
        await using TestServer server = await StartAsync(cluster.ConnectionString);
        SharedRows shared = server.Service<NodeRows>().Shared!;
        await TestServer.UntilAsync(() => shared.State == SharedRowsState.Closed);
        EmbeddingTable item = TierTests.ItemTable(server);

        // Rows in every master; then one of the three goes while requests ask for rows of all.
        RowDelta[] deltas = [.. Enumerable.Range(0, 300).Select(i => RowDelta.Of(Features.RowKey.Of($"c{i}"), 1, new float[item.Width]))];
        Assert.Equal(300, item.Apply(deltas).Applied);
        Assert.True(await shared.DrainedAsync(TimeSpan.FromSeconds(20)));
        Assert.All(cluster.Masters, master => Assert.DoesNotContain(":0", master.Command("DBSIZE"), StringComparison.Ordinal));
        var load = new RankLoad(server);
        await TroubleAsync(load, shared, "one of three masters killed", cluster.Masters[1].Kill, cluster.Masters[1].Start, output);
        await load.StopAsync();
        Assert.Equal(0, load.Failed);
    }

    private static Task<TestServer> StartAsync(string redis) => TestServer.StartAsync([("m/1", TestMarket.Package("mlp"))],
        (options, _) => options with { Redis = redis, RedisTimeoutMs = TimeoutMs });

    /// <summary>Begins a trouble, ends it when answers have told of it, and waits until Redis is asked again.</summary>
    private static async Task TroubleAsync(RankLoad load, SharedRows shared, string what, Action begin, Action end, ITestOutputHelper output)
    {
        load.TakeMilliseconds();
        int seen = load.Degraded;
        begin();
        await TestServer.UntilAsync(() => load.Degraded > seen + 20);
        double[] during = load.TakeMilliseconds();
        end();
        await TestServer.UntilAsync(() => shared.State == SharedRowsState.Closed);
        int answered = load.Ranked;
        await TestServer.UntilAsync(() => load.Ranked > answered + 20);
        output.WriteLine($"{what}: {during.Length} requests, half within {during[during.Length / 2]:0.0} ms, the slowest {during[^1]:0.0} ms");
        Assert.InRange(during[during.Length / 2], 0, TimeoutMs + Margin);
        Assert.InRange(during[^1], 0, TimeoutMs + LongestMargin);
    }
}
