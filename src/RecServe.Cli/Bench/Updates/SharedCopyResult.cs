namespace RecServe.Cli.Bench.Updates;

/// <summary>What was written behind to Redis.</summary>
internal sealed record SharedCopyResult
{
    /// <summary>Rows that were written, being newer than what was there.</summary>
    public required long Written { get; init; }

    /// <summary>Rows that a newer one of their key replaced while they waited.</summary>
    public required long Coalesced { get; init; }

    /// <summary>Rows that were not written since too many waited.</summary>
    public required long Dropped { get; init; }

    /// <summary>Rows that waited when the last update had become visible.</summary>
    public required long WaitingAtEnd { get; init; }

    /// <summary>How long these took.</summary>
    public required double DrainMs { get; init; }

    /// <summary>Keys of which Redis did not have the store's version after that; no more than were dropped.</summary>
    public required int Behind { get; init; }
}
