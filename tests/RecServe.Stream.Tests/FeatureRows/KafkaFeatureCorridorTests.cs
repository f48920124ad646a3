namespace RecServe.Stream.Tests.FeatureRows;

/// <summary>The contract over real brokers in a process of their own.</summary>
public sealed class KafkaFeatureCorridorTests : FeatureCorridorContract
{
    private const string Topic = "recserve.features";

    private BrokerProcess? _brokers;
    private KafkaPublisher? _publisher;

    private protected override int Partitions => 4;

    private KafkaOptions Options => (_brokers ??= new BrokerProcess(brokers: 1, Partitions)).Options;

    private protected override void Append(int partition, byte[] value)
    {
        _publisher ??= new KafkaPublisher(Options, Topic);
        Assert.True(_publisher.TryPublish([1], value, partition));
        Assert.Equal(0, _publisher.Flush(TimeSpan.FromSeconds(60)));
    }

    private protected override IUpdateSource Open() => new KafkaSource(Options, Topic);

    private protected override void Close()
    {
        _publisher?.Dispose();
        _brokers?.Dispose();
    }
}
