using RecServe.Stream.Tests.Corridor;

namespace RecServe.Stream.Tests.Sending;

/// <summary>The contract over a real broker, and what becomes of exposures while it is gone.</summary>
public sealed class KafkaTopicSenderTests : TopicSenderContract
{
    private BrokerProcess? _broker;

    private BrokerProcess Broker
    {
        get
        {
            if (_broker is null)
            {
                _broker = new BrokerProcess(1, 1);
                _broker.Tell($"create {Topic} 4");
            }

            return _broker;
        }
    }

    [KafkaFact]
    public void Exposures_wait_for_a_broker_that_is_gone_and_come_when_it_is_back()
    {
        using var queue = new TopicSender(OpenTopic(), new TopicSenderOptions());
        Assert.True(queue.TryAdd(Bytes("u"), ExposureCodec.Encode(Exposure(0, "u"))));
        TestNode.WaitUntil(() => queue.Measure().Written == 1, () => queue.Measure().ToString());
        Broker.Tell("down 1");
        for (int i = 1; i <= 50; i++)
            Assert.True(queue.TryAdd(Bytes("u"), ExposureCodec.Encode(Exposure(i, "u"))));
        Assert.Equal(50, queue.Measure().Waiting);
        Broker.Tell("up 1");
        TestNode.WaitUntil(() => queue.Measure().Written == 51, () => queue.Measure().ToString());
        Assert.Equal(0, queue.Measure().Dropped);
    }

    [KafkaFact]
    public void A_burst_waits_until_the_broker_has_the_one_before()
    {
        using ITopicWriter topic = OpenTopic();
        Assert.True(topic.TryAdd(Bytes("u"), [1]));
        TestNode.WaitUntil(() => topic.Waiting == 0, () => $"{topic.Waiting}");
        Broker.Tell("down 1");
        Assert.True(topic.TryAdd(Bytes("u"), [2]));
        TestNode.WaitUntil(() => !topic.TryAdd(Bytes("u"), [3]), () => "a broker that is gone does not end a burst");
        int waiting = topic.Waiting;
        Assert.False(topic.TryAdd(Bytes("u"), [4]));
        Assert.Equal(waiting, topic.Waiting);
        Broker.Tell("up 1");
        TestNode.WaitUntil(() => topic.Waiting == 0, () => $"{topic.Waiting}");
        Assert.True(topic.TryAdd(Bytes("u"), [5]));
    }

    [KafkaFact]
    public void Without_a_broker_a_closed_queue_counts_what_it_loses()
    {
        using var queue = new TopicSender(new KafkaTopicWriter(new KafkaOptions { Servers = "127.0.0.1:1" }, Topic), new TopicSenderOptions { LongestDrain = TimeSpan.FromMilliseconds(50) });
        for (int i = 0; i < 20; i++)
            Assert.True(queue.TryAdd(Bytes("u"), ExposureCodec.Encode(Exposure(i, "u"))));
        queue.Drain();
        Assert.Equal((0L, 20L, 0), (queue.Measure().Written, queue.Measure().Dropped, queue.Measure().Waiting));
    }

    private protected override ITopicWriter OpenTopic() => new KafkaTopicWriter(Broker.Options, Topic);

    private protected override IUpdateSource OpenSource() => new KafkaSource(Broker.Options, Topic);

    private protected override void Close() => _broker?.Dispose();
}
