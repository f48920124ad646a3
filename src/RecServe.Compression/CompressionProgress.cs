namespace RecServe.Compression;

/// <summary>Where a compression stands.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="Fraction">How much of the stage is done, 0 to 1.</param>
/// <param name="Detail">The last figure, for a person; may be empty.</param>
public readonly record struct CompressionProgress(string Stage, double Fraction, string Detail);
