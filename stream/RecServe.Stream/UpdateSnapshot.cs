namespace RecServe.Stream;

/// <summary>The corridor at one moment.</summary>
public sealed record UpdateSnapshot
{
    /// <summary>Topic.</summary>
    public required string Topic { get; init; }

    /// <summary>Why updates do not come: no broker, no topic, a store that refuses. Null while all is well.</summary>
    public required string? Trouble { get; init; }

    /// <summary>One a partition.</summary>
    public required IReadOnlyList<ShardSnapshot> Shards { get; init; }

    /// <summary>Messages that were read since the start.</summary>
    public required long Messages { get; init; }

    /// <summary>Rows that changed a table.</summary>
    public required long Applied { get; init; }

    /// <summary>Rows not newer than what the table had.</summary>
    public required long Stale { get; init; }

    /// <summary>Rows that were refused, or messages of which none could be read, by reason.</summary>
    public required IReadOnlyDictionary<RefusalReason, long> Refused { get; init; }

    /// <summary>Messages, whole or in part, that went to the quarantine.</summary>
    public required long Quarantined { get; init; }

    /// <summary>The staleness of the stalest shard; also the time without contact where the source cannot be reached.</summary>
    public required TimeSpan Staleness { get; init; }

    /// <summary>
    /// In a word: <c>live</c>, <c>connecting</c> (never reached yet), <c>unreachable</c>, <c>store_refuses</c>, <c>offset_gap</c>, <c>paused</c> or <c>failed</c>.
    /// </summary>
    public required string State { get; init; }
}
