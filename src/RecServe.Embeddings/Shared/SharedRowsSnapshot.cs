namespace RecServe.Embeddings;

/// <summary>Counters since the start and gauges of now, for metrics. Counters count rows where nothing else is said.</summary>
public sealed record SharedRowsSnapshot
{
    /// <summary>Whether the shared rows answer.</summary>
    public SharedRowsState State { get; init; }

    /// <summary>Shares of the key space that are not asked now, and how many there are: 1 for a single server.</summary>
    public (int Open, int All) Lanes { get; init; }

    /// <summary>Rows found, deletions included.</summary>
    public long Hits { get; init; }

    /// <summary>Keys known to have no row there.</summary>
    public long Misses { get; init; }

    /// <summary>Of hits and misses: answered from what was asked for shortly before, without the server.</summary>
    public long Remembered { get; init; }

    /// <summary>Of hits: answered by rows that still wait to be written.</summary>
    public long FromQueue { get; init; }

    /// <summary>Keys whose answer did not come in time.</summary>
    public long TimedOut { get; init; }

    /// <summary>Keys whose answer came after its request had gone on without it.</summary>
    public long Late { get; init; }

    /// <summary>Keys that the server refused or whose connection broke.</summary>
    public long Failed { get; init; }

    /// <summary>Keys that were not asked for: no connection, open breaker, budget of keys in flight, or no time.</summary>
    public long NotAsked { get; init; }

    /// <summary>Values that are no rows of their table; read as absent.</summary>
    public long Foreign { get; init; }

    /// <summary>Times that a breaker opened.</summary>
    public long Opened { get; init; }

    /// <summary>Connections that were replaced since they did not answer.</summary>
    public long Reconnects { get; init; }

    /// <summary>Keys that are being asked for now.</summary>
    public long InFlight { get; init; }

    /// <summary>Rows that wait to be written, and their bytes.</summary>
    public (long Rows, long Bytes) Queue { get; init; }

    /// <summary>Rows written, being newer than what was there.</summary>
    public long Written { get; init; }

    /// <summary>Rows that the server already had, as new or newer.</summary>
    public long WrittenBefore { get; init; }

    /// <summary>Rows that replaced an older one of their key while it waited.</summary>
    public long Coalesced { get; init; }

    /// <summary>Rows that were not queued since the queue was full.</summary>
    public long Dropped { get; init; }

    /// <summary>Rows that were offered but cannot be stored.</summary>
    public long Refused { get; init; }

    /// <summary>Batches whose writing failed; their rows wait again.</summary>
    public long WriteFailures { get; init; }

    /// <summary>Rows from this node's store that were not queued since their rate was over its limit.</summary>
    public long ShareSkipped { get; init; }
}
