namespace RecServe.Stream.Tests.Sending;

/// <summary>The contract over a log in memory, and what a full one does.</summary>
public sealed class MemoryTopicSenderTests : TopicSenderContract
{
    private readonly MemoryLog _log = new(partitions: 3);

    [Fact]
    public void A_topic_that_takes_no_more_costs_exposures_and_no_time()
    {
        // Nobody reads the log: it takes ten messages of 100 bytes.
        var log = new MemoryLog(bytes: 1_000);
        using var queue = new TopicSender(new MemoryTopicWriter(log, Topic, TimeProvider.System), new TopicSenderOptions { Messages = 20, LongestDrain = TimeSpan.Zero });
        for (int i = 0; i < 500; i++)
            queue.TryAdd(Bytes("u"), new byte[100]);
        TopicSenderSnapshot full = queue.Measure();
        Assert.InRange(full.Waiting, 10, 21);
        Assert.Equal(500, full.Written + full.Waiting + full.Dropped);
        Assert.InRange(full.Dropped, 500 - 10 - 21, 500 - 20);
        queue.Drain();
        TopicSenderSnapshot closed = queue.Measure();
        Assert.Equal((10L, 490L, 0), (closed.Written, closed.Dropped, closed.Waiting));
    }

    [Fact]
    public void Bytes_are_bounded_as_messages_are()
    {
        var log = new MemoryLog(bytes: 1);
        using var queue = new TopicSender(new MemoryTopicWriter(log, Topic, TimeProvider.System), new TopicSenderOptions { Bytes = 10_000, LongestDrain = TimeSpan.Zero });
        int taken = Enumerable.Range(0, 100).Count(_ => queue.TryAdd(Bytes("u"), new byte[1_000]));

        // One message is in the log, which takes a first one of any length; one is in the writer's hands, and its bytes count.
        Assert.InRange(taken, 10, 11);
        queue.Drain();
        Assert.Equal(99, queue.Measure().Dropped);
    }

    private protected override ITopicWriter OpenTopic() => new MemoryTopicWriter(_log, Topic, TimeProvider.System);

    private protected override IUpdateSource OpenSource() => _log.Reader(Topic);
}
