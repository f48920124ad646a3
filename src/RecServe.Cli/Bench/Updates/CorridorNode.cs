using RecServe.Cli.Bench.Recovery;
using RecServe.Embeddings;
using RecServe.FeatureStore;
using RecServe.Stream;

namespace RecServe.Cli.Bench.Updates;

/// <summary>What a server has of all its topics and nothing else: rows, feature rows, experiments and counted events, each by its own consumer, with one store and one quarantine.</summary>
internal sealed class CorridorNode : IDisposable
{
    private static readonly TimeSpan BetweenEventCheckpoints = TimeSpan.FromSeconds(1);

    private readonly UpdateNode _rows;

    /// <param name="directory">Where its store is.</param>
    /// <param name="servers">Brokers.</param>
    public CorridorNode(string directory, string servers)
    {
        _rows = new UpdateNode(DrillVictim.Options(directory), servers, []);
        Features = new DurableFeatureStore(_rows.Store);
        FeatureConsumer = new UpdateConsumer(new KafkaSource(new KafkaOptions { Servers = servers }, DrillFeatures.Topic),
            new FeatureUpdates(Features, () => DrillFeatures.Schema, new FirewallOptions(), new UpdateLimits()), _rows.Quarantine, _rows.Store.Offsets, new UpdateConsumerOptions(), TimeProvider.System);
        ExperimentConsumer = new ExperimentConsumer(new KafkaSource(new KafkaOptions { Servers = servers }, DrillExperiments.Topic), Experiments, _rows.Quarantine,
            new ExperimentConsumerOptions { StateFile = Path.Combine(directory, LastExperiments.FileName) }, TimeProvider.System);
        string counts = Path.Combine(directory, DrillEvents.FileName);
        Events.Restore(counts);
        EventConsumer = new EventConsumer(new KafkaSource(new KafkaOptions { Servers = servers }, DrillEvents.Topic), Events, _rows.Quarantine,
            new EventConsumerOptions { CheckpointFile = counts, BetweenCheckpoints = BetweenEventCheckpoints }, TimeProvider.System);
    }

    public RowStore Store => _rows.Store;

    public EmbeddingTable Rows => _rows.Rows;

    public DurableFeatureStore Features { get; }

    public DrillExperiments Experiments { get; } = new();

    public ExperimentConsumer ExperimentConsumer { get; }

    public EventStore Events { get; } = DrillEvents.NewStore();

    public EventConsumer EventConsumer { get; }

    public UpdateConsumer RowConsumer => _rows.Consumer;

    public UpdateConsumer FeatureConsumer { get; }

    /// <summary>Messages of rows and features below the offsets that the last checkpoint has.</summary>
    public long Checkpointed => _rows.Checkpointed;

    /// <summary>Messages of rows and features that are applied or quarantined.</summary>
    public long Applied => RowConsumer.Positions.Values.Sum() + FeatureConsumer.Positions.Values.Sum();

    public void Start()
    {
        RowConsumer.Start();
        FeatureConsumer.Start();
        ExperimentConsumer.Start();
        EventConsumer.Start();
    }

    public CheckpointResult Checkpoint() => UpdateCheckpoint.Take(Store, [RowConsumer, FeatureConsumer], _rows.Quarantine);

    public void Dispose()
    {
        EventConsumer.Dispose();
        Events.Dispose();
        ExperimentConsumer.Dispose();
        FeatureConsumer.Dispose();
        Features.Dispose();
        _rows.Dispose();
    }
}
