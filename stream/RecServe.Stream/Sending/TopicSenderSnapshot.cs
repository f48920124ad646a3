namespace RecServe.Stream;

/// <summary>The queue before a topic at one moment.</summary>
public sealed record TopicSenderSnapshot
{
    /// <summary>Topic.</summary>
    public required string Topic { get; init; }

    /// <summary>Why the topic refused a message last; null if it refused none.</summary>
    public required string? Trouble { get; init; }

    /// <summary>Messages that are in the topic.</summary>
    public required long Written { get; init; }

    /// <summary>Messages that wait: in the queue, and for the broker.</summary>
    public required int Waiting { get; init; }

    /// <summary>Messages that did not fit, were too long, were refused by the broker, or were not there when the queue was closed.</summary>
    public required long Dropped { get; init; }
}
