using RecServe.Training.Data;

namespace RecServe.Compression;

/// <summary>Samples encoded for the package that is compressed.</summary>
/// <param name="Train">Learned from: statistics of rows, finetuning.</param>
/// <param name="Tune">Chooses among candidates.</param>
/// <param name="Holdout">Judges what was chosen, and nothing else.</param>
public sealed record CompressionData(Dataset Train, Dataset Tune, Dataset Holdout);
