using RecServe.Artifacts;
using RecServe.Cli.Bench.Recovery;
using RecServe.Embeddings;
using RecServe.Kernels;
using RecServe.Stream;

namespace RecServe.Cli.Bench.Updates;

/// <summary>What a server has of the update path and nothing else: a store, one table of hot rows over it, and a corridor from Kafka into both.</summary>
internal sealed class UpdateNode : IDisposable
{
    /// <summary>Lineage and table that the messages name.</summary>
    public const string Lineage = "bench", Table = "rows";

    /// <param name="store">How its store is opened.</param>
    /// <param name="servers">Brokers.</param>
    /// <param name="keys">Rows that the table has from its package; updates go to these and others.</param>
    /// <param name="visible">Told of each message that became visible.</param>
    /// <param name="shared">Rows shared with other nodes; the caller's. Null for none.</param>
    public UpdateNode(RowStoreOptions store, string servers, ulong[] keys, Action<TimeSpan, int>? visible = null, SharedRows? shared = null)
    {
        Store = RowStore.Open(store);
        Store.Register(DrillUpdates.Table, Table, DrillUpdates.Width, RowPrecision.Int8);
        ulong[] sorted = [.. keys.Order()];
        byte[] row = DrillUpdates.Row(0, 0);
        IHotRows hot = PackageHotRows.Complete(new PackageTable
        {
            Name = Table,
            Width = DrillUpdates.Width,
            Keys = [],
            Rows = [],
            Quantized = [new PackageRowSet { Format = PackageRowFormat.All.Single(format => format.Name == "int8"), Keys = sorted, Rows = [.. Enumerable.Repeat(row, sorted.Length).SelectMany(bytes => bytes)] }],
            Mean = new float[DrillUpdates.Width],
            Default = new float[DrillUpdates.Width],
        });
        StoreImport.Update(hot, Store, DrillUpdates.Table);
        Rows = new EmbeddingTable(DrillUpdates.Table, Table, hot, new RowTiers { Store = Store, Shared = shared });
        Quarantine = new FileQuarantine(Path.Combine(store.Directory, "quarantine"));
        Consumer = new UpdateConsumer(new KafkaSource(new KafkaOptions { Servers = servers }), new TableDirectory([(Lineage, Rows)]),
            new UpdateFirewall(new FirewallOptions(), TimeProvider.System), Quarantine, Store.Offsets, new UpdateConsumerOptions { Visible = visible }, TimeProvider.System);
    }

    public RowStore Store { get; }

    public EmbeddingTable Rows { get; }

    public UpdateConsumer Consumer { get; }

    public FileQuarantine Quarantine { get; }

    /// <summary>Messages below the offsets that the last checkpoint has, of all partitions.</summary>
    public long Checkpointed => Store.Offsets.Values.Sum();

    public CheckpointResult Checkpoint() => UpdateCheckpoint.Take(Store, [Consumer], Quarantine);

    public void Dispose()
    {
        Consumer.Dispose();
        Quarantine.Dispose();
        Rows.Dispose();
        Store.Dispose();
    }
}
