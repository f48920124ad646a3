namespace RecServe.Training.Data;

/// <summary>Where evaluation data comes from.</summary>
public sealed record EvaluationSource
{
    /// <summary>How the file is written; null to infer it (<see cref="DataFormats.Infer"/>).</summary>
    public DataFormat? Format { get; init; }

    /// <summary>The file (a folder for MovieLens).</summary>
    public required string Data { get; init; }

    /// <summary>A schema file that names the same fields as the package's (its format, label and roles are used); null for the package's own schema.</summary>
    public string? SchemaPath { get; init; }

    /// <summary>Measures one part of a split of the file; null for the whole file.</summary>
    public DataSplit? Split { get; init; }

    /// <summary>The part of <see cref="Split"/>; default test.</summary>
    public DataPart Part { get; init; } = DataPart.Test;

    /// <summary>Seed of a random split.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Bad lines that are skipped without failing the run; default none.</summary>
    public int MaxBadLines { get; init; }

    /// <summary>Bytes a line may have; default 1 MiB.</summary>
    public int MaxLineBytes { get; init; } = 1 << 20;
}
