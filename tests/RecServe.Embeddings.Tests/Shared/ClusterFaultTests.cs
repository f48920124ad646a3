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

        // A share of the keys is given up after five failures of its own: the first looks find some shares open and wait for the others.
        SharedSample.Until(() => Look(rows, keys) is var find && rows.State == SharedRowsState.PartlyOpen && rows.Measure().Lanes.Open >= 20 && find.Unanswered == lost, "only the lost rows are missing");
        Assert.InRange(rows.Measure().Lanes.Open, 20, 23);

        // Every look ends in time; on a busy machine one of them may miss the answers of the masters that are there, the next does not.
        SharedSample.Until(() =>
        {
            var watch = Stopwatch.StartNew();
            SharedFind partly = Look(rows, keys);
            Assert.True(watch.ElapsedMilliseconds < 200 + 500, $"took {watch.ElapsedMilliseconds} ms");
            Assert.True(partly.Found <= keys.Length - lost && partly.Trouble.HasFlag(SharedRowsTrouble.BreakerOpen), $"{partly}");
            return partly.Found == keys.Length - lost && partly.Trouble == SharedRowsTrouble.BreakerOpen;
        }, "the others' rows are found");

        cluster.Masters[1].Start();
        SharedSample.Until(() => rows.State == SharedRowsState.Closed, "the master is asked again");
        SharedSample.Until(() => Look(rows, keys) is var whole && (whole.Found, whole.Absent) == (keys.Length - lost, lost), "the lost rows are known to be absent");
        SharedSample.Put(rows, SharedSample.Table, [.. keys.Select(key => SharedSample.Delta(key, 2))]);
        SharedSample.Until(() => Look(rows, keys).Found == keys.Length, "all rows are found again");
    }

    private static SharedFind Look(SharedRows rows, ulong[] keys) => SharedSample.Find(rows, SharedSample.Batch(SharedSample.Table, keys));

    private static int Size(RedisServer server) => int.Parse(server.Command("DBSIZE").Trim(':', '\r', '\n'));
}
