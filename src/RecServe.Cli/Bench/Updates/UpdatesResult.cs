namespace RecServe.Cli.Bench.Updates;

/// <summary>Figures of a run of the corridor.</summary>
internal sealed record UpdatesResult
{
    public required int Rate { get; init; }

    public required long Rows { get; init; }

    /// <summary>Rows that were not newer than what was there: they cost less and are not among <see cref="Rows"/>.</summary>
    public required long Stale { get; init; }

    /// <summary>Different keys of the updates.</summary>
    public required int Keys { get; init; }

    public required double Seconds { get; init; }

    public required double RowsPerS { get; init; }

    public required double StalenessP50Ms { get; init; }

    public required double StalenessP99Ms { get; init; }

    public required int Checkpoints { get; init; }

    public required double CheckpointMedianMs { get; init; }

    public required int Partitions { get; init; }

    /// <summary>What was written behind to Redis; null where there was none.</summary>
    public required SharedCopyResult? Redis { get; init; }

    public required int RowsPerMessage { get; init; }

    public required int Cores { get; init; }
}
