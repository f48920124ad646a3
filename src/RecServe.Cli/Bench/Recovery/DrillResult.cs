namespace RecServe.Cli.Bench.Recovery;

/// <summary>Outcome of a drill.</summary>
internal sealed record DrillResult
{
    public required int Kills { get; init; }

    public required int DuringCheckpoint { get; init; }

    public required int DuringRecovery { get; init; }

    public required int DuringReclaim { get; init; }

    public required long Checkpoints { get; init; }

    public required long BatchesApplied { get; init; }

    public required long Rows { get; init; }

    /// <summary>Restarts whose offset was below one that had been acknowledged.</summary>
    public required int OffsetsLost { get; init; }

    public required DrillFindings Findings { get; init; }

    /// <summary>Warnings of recovery: checkpoints that could not be used.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    public required double RecoveryMedianMs { get; init; }

    public required double RecoveryWorstMs { get; init; }

    public required double LogToLive { get; init; }

    public required double Seconds { get; init; }

    public bool Passed => Findings.IsClean && OffsetsLost == 0;
}
