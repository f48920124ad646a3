namespace RecServe.Cli.Bench.Updates;

/// <summary>Figures of a run of the corridor.</summary>
internal sealed record UpdatesResult
{
    public required int Rate { get; init; }

    public required long Rows { get; init; }

    public required double Seconds { get; init; }

    public required double RowsPerS { get; init; }

    public required double StalenessP50Ms { get; init; }

    public required double StalenessP99Ms { get; init; }

    public required int Checkpoints { get; init; }

    public required double CheckpointMedianMs { get; init; }

    public required int Partitions { get; init; }

    public required int RowsPerMessage { get; init; }

    public required int Cores { get; init; }
}
