namespace RecServe.Stream;

/// <summary>How a broker is reached.</summary>
public sealed record KafkaOptions
{
    /// <summary>Brokers to ask first: <c>host:port[,host:port…]</c>.</summary>
    public required string Servers { get; init; }

    /// <summary>Topic of row updates.</summary>
    public string RowsTopic { get; init; } = "recserve.rows";

    /// <summary>Topic of what is refused.</summary>
    public string QuarantineTopic { get; init; } = "recserve.quarantine";

    /// <summary>Bytes of messages that wait inside the client until they are read; default 16 MiB. One more batch of them may be on its way.</summary>
    public int QueueBytes { get; init; } = 16 << 20;

    /// <summary>Bytes of a message at most.</summary>
    public int MessageBytes { get; init; } = 1 << 20;
}
