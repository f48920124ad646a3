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

    /// <summary>
    /// Bytes of messages that wait inside the client until they are read; default 64 MiB. A quarter more may be on its way. A client whose queue was full asks the broker again
    /// a second later: 16 MiB were applied long before that, and the rate was half of what it is with 64.
    /// </summary>
    public int QueueBytes { get; init; } = 64 << 20;

    /// <summary>Milliseconds that a broker may keep a question while it has nothing new; default 100. One that has something answers at once.</summary>
    public int FetchWaitMs { get; init; } = 100;

    /// <summary>Milliseconds that a message may wait to be sent together with others of its partition; default 5.</summary>
    public int LingerMs { get; init; } = 5;

    /// <summary>Bytes of a message at most.</summary>
    public int MessageBytes { get; init; } = 1 << 20;
}
