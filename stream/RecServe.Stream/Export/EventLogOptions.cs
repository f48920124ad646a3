namespace RecServe.Stream;

/// <summary>How topics become a log of events.</summary>
public sealed record EventLogOptions
{
    /// <summary>What a message may be at most.</summary>
    public UpdateLimits Limits { get; init; } = new();

    /// <summary>How long before the newest event of its partition an event may have happened to be counted, in milliseconds; default an hour, as servers have it.</summary>
    public long LatenessMs { get; init; } = 3_600_000;

    /// <summary>How long a topic may stay out of reach; default 30 seconds.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);
}
