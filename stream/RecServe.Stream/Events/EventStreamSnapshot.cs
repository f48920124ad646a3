using RecServe.Features;

namespace RecServe.Stream;

/// <summary>The stream of events at one moment.</summary>
public sealed record EventStreamSnapshot
{
    /// <summary>Topic.</summary>
    public required string Topic { get; init; }

    /// <summary>In a word: <c>live</c>, <c>catching_up</c> (counting what the log held at the start), <c>connecting</c> (never reached yet), <c>no_topic</c>, <c>unreachable</c>, <c>paused</c> (a partition of it, by request), <c>store_refuses</c> or <c>failed</c>.</summary>
    public required string State { get; init; }

    /// <summary>Why events do not come; null while all is well.</summary>
    public required string? Trouble { get; init; }

    /// <summary>One a partition.</summary>
    public required IReadOnlyList<EventPartition> Partitions { get; init; }

    /// <summary>Events since the start, by verdict.</summary>
    public required IReadOnlyDictionary<EventVerdict, long> Verdicts { get; init; }

    /// <summary>Events that could not be read, or messages of which none could; they went to the quarantine.</summary>
    public required long Refused { get; init; }

    /// <summary>Messages that the log deleted before they were applied: windows that reach back to them count too little.</summary>
    public required long Lost { get; init; }
}
