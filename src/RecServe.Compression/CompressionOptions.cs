using RecServe.Compression.Networks;

namespace RecServe.Compression;

/// <summary>What a compression shall reach.</summary>
public sealed record CompressionOptions
{
    /// <summary>How.</summary>
    public CompressionMethod Method { get; init; } = CompressionMethod.Auto;

    /// <summary>Most bytes of the rows, as a share of what they take now, above 0 to 1; null to let <see cref="MaxAucDrop"/> decide alone.</summary>
    public double? Budget { get; init; }

    /// <summary>Most that the AUC may fall; null for no such limit. At least one of this and <see cref="Budget"/> is given.</summary>
    public double? MaxAucDrop { get; init; }

    /// <summary>Training with quantized rows; 0 epochs for none.</summary>
    public FinetuneOptions Finetune { get; init; } = new() { Epochs = 2 };

    /// <summary>Shuffles of each field for the exact permutation importance in the report; 0 leaves it out.</summary>
    public int PermutationRepeats { get; init; } = 2;

    /// <summary>Threads that compute, 1 to 64; the result does not depend on it.</summary>
    public int Threads { get; init; } = 1;
}
