namespace RecServe.Stream;

/// <summary>What the firewall lets in. Each limit can be switched off with 0.</summary>
public sealed record FirewallOptions
{
    /// <summary>How many times longer than both the row that it replaces and the table's usual rows a new row may be; default 10.</summary>
    public int NormJump { get; init; } = 10;

    /// <summary>Seconds that a version, read as Unix microseconds, may be ahead of the clock; default 86,400, a day. Counters never come near it.</summary>
    public int SecondsAhead { get; init; } = 86_400;

    /// <summary>Updates of one key a second in one partition, by the log's time; default 1,000.</summary>
    public int KeyRate { get; init; } = 1_000;

    /// <summary>Rows of one producer a second in one partition, by the log's time; default 1,000,000.</summary>
    public int ProducerRate { get; init; } = 1_000_000;
}
