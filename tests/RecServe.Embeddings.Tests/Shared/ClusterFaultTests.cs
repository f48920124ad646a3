using System.Diagnostics;

namespace RecServe.Embeddings.Tests;

public class ClusterFaultTests
{
    [RedisFact]
    public void Lost_master_costs_its_own_rows_only_until_it_is_back()
    {
        using var cluster = new RedisCluster();
        using SharedRows rows = SharedSample.Connect(SharedSample.Options(cluster.ConnectionString, TimeSpan.FromMilliseconds(200)));
        Assert.Equal(64, rows.Measure().Lanes.All);
        ulong[] keys = TestRows.Keys(3000);
        SharedSample.Put(rows, SharedSample.Table, [.. keys.Select(key => SharedSample.Delta(key, 1))]);
        foreach (RedisServer master in cluster.Masters)
            Assert.InRange(Size(master), 800, 1200);

        int lost = Size(cluster.Masters[1]);
        cluster.Masters[1].Kill();
        SharedSample.Until(() => Look(rows, keys) is var find && rows.State == SharedRowsState.PartlyOpen && find.Unanswered == lost, "only the lost rows are missing");
        Assert.InRange(rows.Measure().Lanes.Open, 20, 23);
        var watch = Stopwatch.StartNew();
        SharedFind partly = Look(rows, keys);
        Assert.Equal((keys.Length - lost, SharedRowsTrouble.BreakerOpen), (partly.Found, partly.Trouble));
        Assert.True(watch.ElapsedMilliseconds < 200 + 500, $"took {watch.ElapsedMilliseconds} ms");

        cluster.Masters[1].Start();
        SharedSample.Until(() => rows.State == SharedRowsState.Closed, "the master is asked again");
        Assert.Equal((keys.Length - lost, lost), (Look(rows, keys).Found, Look(rows, keys).Absent));
        SharedSample.Put(rows, SharedSample.Table, [.. keys.Select(key => SharedSample.Delta(key, 2))]);
        Assert.Equal(keys.Length, Look(rows, keys).Found);
    }

    private static SharedFind Look(SharedRows rows, ulong[] keys) => SharedSample.Find(rows, SharedSample.Batch(SharedSample.Table, keys));

    private static int Size(RedisServer server) => int.Parse(server.Command("DBSIZE").Trim(':', '\r', '\n'));
}
