namespace RecServe.Stream;

/// <summary>How much waits between requests and a topic that tells of them.</summary>
public sealed record TopicSenderOptions
{
    /// <summary>Messages at most; default 10,000.</summary>
    public int Messages { get; init; } = 10_000;

    /// <summary>Bytes of keys and messages at most; default 16 MiB. One message more than this is let in, so that any message gets through an empty queue.</summary>
    public long Bytes { get; init; } = 16 << 20;

    /// <summary>Bytes of one message at most; default 1 MiB, what Kafka's topics take. A longer one is dropped.</summary>
    public int MessageBytes { get; init; } = 1 << 20;

    /// <summary>Longest wait for the topic when the queue is closed; default 5 seconds. What is not there then is dropped.</summary>
    public TimeSpan LongestDrain { get; init; } = TimeSpan.FromSeconds(5);
}
