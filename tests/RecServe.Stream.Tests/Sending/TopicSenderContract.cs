using RecServe.Stream.Tests.Corridor;

namespace RecServe.Stream.Tests.Sending;

/// <summary>What holds of the queue before a topic whatever lies behind it.</summary>
public abstract class TopicSenderContract : IDisposable
{
    private protected const string Topic = "recserve.exposures";

    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    [KafkaFact]
    public void What_is_queued_is_in_the_topic_and_that_of_one_user_in_its_order()
    {
        const int Rankings = 2_000, Users = 7;
        using (var queue = new TopicSender(OpenTopic(), new TopicSenderOptions()))
        {
            for (int i = 0; i < Rankings; i++)
                Assert.True(queue.TryAdd(Bytes($"u{i % Users}"), ExposureCodec.Encode(Exposure(i, $"u{i % Users}"))));
            queue.Drain();
            Assert.Equal((Rankings, 0, 0L, null), (queue.Measure().Written, queue.Measure().Waiting, queue.Measure().Dropped, queue.Measure().Trouble));
            Assert.False(queue.TryAdd(Bytes("u0"), [1]));
            Assert.Equal(1, queue.Measure().Dropped);
        }

        var last = new Dictionary<string, int>();
        List<UpdateMessage> messages = ReadAll(Rankings);
        foreach (UpdateMessage message in messages)
        {
            Assert.Null(ExposureCodec.Decode(message.Value.Span, new UpdateLimits(), out RankingExposure? exposure));
            Assert.Equal(exposure!.UserId, System.Text.Encoding.UTF8.GetString(message.Key.Span));
            int number = int.Parse(exposure.RankingId[1..], System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(last.GetValueOrDefault(exposure.UserId, -1) < number);
            last[exposure.UserId] = number;
        }

        Assert.Equal((Rankings, Users), (messages.Count, last.Count));
    }

    [KafkaFact]
    public void A_message_that_is_too_long_is_dropped_and_the_next_one_is_not()
    {
        using (var queue = new TopicSender(OpenTopic(), new TopicSenderOptions { MessageBytes = 100 }))
        {
            Assert.False(queue.TryAdd(Bytes("u"), new byte[101]));
            Assert.True(queue.TryAdd(Bytes("u"), new byte[100]));
            queue.Drain();
            Assert.Equal((1L, 1L), (queue.Measure().Written, queue.Measure().Dropped));
        }

        Assert.Equal(100, Assert.Single(ReadAll(1)).Value.Length);
    }

    private protected static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private protected static RankingExposure Exposure(int number, string user) => new($"r{number}", user, 1_767_225_600_000 + number, "ctr", "1", ["i1", "i2"], []);

    private protected abstract ITopicWriter OpenTopic();

    private protected abstract IUpdateSource OpenSource();

    private protected virtual void Close()
    {
    }

    private List<UpdateMessage> ReadAll(int count)
    {
        using IUpdateSource source = OpenSource();
        var messages = new List<UpdateMessage>();
        TestNode.WaitUntil(() => source.Partitions.Sum(partition => partition.End - partition.Start) >= count, () => source.Trouble ?? $"{source.Partitions.Count} partitions");
        foreach (SourcePartition partition in source.Partitions)
            source.Begin(partition.Id, partition.Start);
        TestNode.WaitUntil(() =>
        {
            source.Read(messages, messages.Count + 1_000, 1 << 20, TimeSpan.FromMilliseconds(10));
            return messages.Count >= count;
        });
        return messages;
    }
}
