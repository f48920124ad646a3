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

    /// <summary>
    /// Share of the variance of the first layer's inputs that shorter rows may lose (<see cref="Folding.DimensionCut"/>), 0 to below 1, before anything else is
    /// done; null leaves rows as long as they are. For mlp.
    /// </summary>
    public double? CutDims { get; init; }

    /// <summary>
    /// A package that an earlier run made: in the tiers of <see cref="CompressionMethod.Shark"/> a row stays in its tier while its priority is within
    /// <see cref="Hysteresis"/> of the border. Null to give tiers without memory.
    /// </summary>
    public Artifacts.ModelPackage? Previous { get; init; }

    /// <summary>How much more important a row above the lowest tier of <see cref="Previous"/> counts, 0 to 10.</summary>
    public double Hysteresis { get; init; } = 0.1;

    /// <summary>Training with quantized rows; 0 epochs for none.</summary>
    public FinetuneOptions Finetune { get; init; } = new() { Epochs = 2 };

    /// <summary>Shuffles of each field for the exact permutation importance in the report; 0 leaves it out.</summary>
    public int PermutationRepeats { get; init; } = 2;

    /// <summary>Threads that compute, 1 to 64; the result does not depend on it.</summary>
    public int Threads { get; init; } = 1;
}
