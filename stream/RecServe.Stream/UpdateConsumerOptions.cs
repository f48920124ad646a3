namespace RecServe.Stream;

/// <summary>How a corridor works.</summary>
public sealed record UpdateConsumerOptions
{
    /// <summary>What a message may be.</summary>
    public UpdateLimits Limits { get; init; } = new();

    /// <summary>Messages that are decoded and applied together; default 1,024.</summary>
    public int BatchMessages { get; init; } = 1_024;

    /// <summary>Bytes of messages that are decoded and applied together; default 4 MiB. Three such batches are under way at most.</summary>
    public int BatchBytes { get; init; } = 4 << 20;

    /// <summary>Called after each message became visible, with the time from its event to now and the number of its rows, on the applying thread. Null for nobody.</summary>
    public Action<TimeSpan, int>? Visible { get; init; }
}
