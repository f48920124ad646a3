using System.Text;

namespace RecServe.Embeddings.Tests;

/// <summary>The contract with a cluster of three real masters.</summary>
public sealed class ClusterContractTests : SharedRowsContract, IClassFixture<ClusterContractTests.Cluster>
{
    private readonly Cluster _cluster;

    public ClusterContractTests(Cluster cluster)
    {
        _cluster = cluster;
        foreach (RedisServer master in cluster.Servers?.Masters ?? [])
            master.Command("FLUSHALL");
    }

    internal override SharedRows Open(SharedRowsOptions options) =>
        new(SharedSample.Options(_cluster.Servers!.ConnectionString, options.Timeout, options.RememberFor));

    internal override void PutForeign(TableId table, ulong key, byte[] value)
    {
        string name = Encoding.ASCII.GetString(new RowKeys("recserve").Name(new RowId(table, key))), text = Encoding.Latin1.GetString(value);
        Assert.Single(_cluster.Servers!.Masters, master => master.Command("SET", name, text).StartsWith("+OK", StringComparison.Ordinal));
    }

    public sealed class Cluster : IDisposable
    {
        internal RedisCluster? Servers { get; } = RedisServer.Program is null ? null : new RedisCluster();

        public void Dispose() => Servers?.Dispose();
    }
}
