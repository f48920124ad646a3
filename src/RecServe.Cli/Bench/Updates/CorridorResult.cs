using RecServe.Cli.Bench.Recovery;

namespace RecServe.Cli.Bench.Updates;

/// <summary>Outcome of a drill of the corridor.</summary>
internal sealed record CorridorResult
{
    public required int Kills { get; init; }

    public required int DuringCheckpoint { get; init; }

    public required int DuringRecovery { get; init; }

    /// <summary>Times that a broker was taken down and up.</summary>
    public required int BrokerOutages { get; init; }

    /// <summary>Messages of row updates that were sent.</summary>
    public required long Messages { get; init; }

    public required long FeatureMessages { get; init; }

    public required long ExperimentMessages { get; init; }

    public required long EventMessages { get; init; }

    /// <summary>Updates a second that were sent, on average. Below what was asked for where the producer had to wait: the brokers keep 5 MB a partition.</summary>
    public required double RowsSentPerS { get; init; }

    /// <summary>Updates a second that were asked for.</summary>
    public required double RowsWantedPerS { get; init; }

    public required long Rows { get; init; }

    /// <summary>Messages of rows and features that were read more than once.</summary>
    public required long Replayed { get; init; }

    /// <summary>Most messages that a life read again.</summary>
    public required long MostReplayed { get; init; }

    /// <summary>Kills after which more was read again than came since the checkpoint before the last one had begun.</summary>
    public required int OverOneInterval { get; init; }

    /// <summary>Restarts whose offsets were below ones that had been acknowledged.</summary>
    public required int OffsetsLost { get; init; }

    /// <summary>
    /// Messages that stand in the log more than once: a producer that has lost a broker before its answer sends again, and the brokers in memory do not compare sequence numbers, as
    /// Kafka does. Both are applied, and the second changes nothing.
    /// </summary>
    public required long WrittenTwice { get; init; }

    /// <summary>Hostile messages sent, and those of them that are not in the quarantine.</summary>
    public required long Hostile { get; init; }

    public required long HostileLost { get; init; }

    /// <summary>Rows of process memory that are not those of the store.</summary>
    public required int HotDifferent { get; init; }

    /// <summary>Feature rows, in process memory and on disk, that are not those of their last message.</summary>
    public required int FeaturesDifferent { get; init; }

    /// <summary>Experiments, in force and in the file for the next start, that are not those of their last message.</summary>
    public required int ExperimentsDifferent { get; init; }

    /// <summary>0, or how many of two differ from what every event counted once gives: the counts in memory, and those in the checkpoint.</summary>
    public required int EventsDifferent { get; init; }

    public required DrillFindings Findings { get; init; }

    public required double Seconds { get; init; }

    /// <summary>Whether it was the drill that was asked for: the process kept up with four fifths of the rate at least.</summary>
    public bool KeptUp => RowsSentPerS >= 0.8 * RowsWantedPerS;

    /// <summary>Whether everything is as if every message had been read once.</summary>
    public bool IsWhole => Findings.IsClean && OffsetsLost == 0 && HostileLost == 0 && HotDifferent == 0 && FeaturesDifferent == 0 && ExperimentsDifferent == 0 && EventsDifferent == 0 && OverOneInterval == 0;

    public bool Passed => KeptUp && IsWhole;
}
