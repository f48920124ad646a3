using RecServe.Artifacts;
using RecServe.Compression.Importance;
using RecServe.Compression.Measures;
using RecServe.Training.Metrics;

namespace RecServe.Compression;

/// <summary>What a compression gave, and everything its report shows.</summary>
public sealed record CompressionResult
{
    /// <summary>The compressed package.</summary>
    public required ModelPackage Package { get; init; }

    /// <summary>What was chosen, measured on the tuning samples.</summary>
    public required CompressionPoint Chosen { get; init; }

    /// <summary>Every candidate that was measured, on the tuning samples.</summary>
    public required IReadOnlyList<CompressionPoint> Points { get; init; }

    /// <summary>The computed front: bytes of rows against expected rise of the logloss.</summary>
    public required IReadOnlyList<(long Bytes, double Loss)> Front { get; init; }

    /// <summary>Figures of the source on the holdout samples.</summary>
    public required EvaluationMetrics Before { get; init; }

    /// <summary>Figures of <see cref="Package"/> on the holdout samples.</summary>
    public required EvaluationMetrics After { get; init; }

    /// <summary>Fall of the AUC on the holdout samples with its standard error.</summary>
    public required PairedAuc Drop { get; init; }

    /// <summary>Bytes of the source's rows.</summary>
    public required long BytesBefore { get; init; }

    /// <summary>Field names in model order.</summary>
    public required IReadOnlyList<string> Fields { get; init; }

    /// <summary>F-Permutation importance of each field on the tuning samples, nats.</summary>
    public required IReadOnlyList<double> Importance { get; init; }

    /// <summary>Exact permutation importance of each field; empty where it was not asked for.</summary>
    public required IReadOnlyList<PermutedLoss> Exact { get; init; }

    /// <summary>Names of the fields that have no rows any more.</summary>
    public required IReadOnlyList<string> Removed { get; init; }

    /// <summary>Logits of the source on the holdout samples.</summary>
    public required float[] LogitsBefore { get; init; }

    /// <summary>Logits of <see cref="Package"/> on the holdout samples.</summary>
    public required float[] LogitsAfter { get; init; }

    /// <summary>Labels of the holdout samples.</summary>
    public required float[] Labels { get; init; }

    /// <summary>Bytes of the rows that are left.</summary>
    public long BytesAfter => Package.Tables.Sum(table => table.RowBytes);
}
