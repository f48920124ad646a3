using RecServe.Compression.Networks;

namespace RecServe.Compression.Pruning;

/// <summary>When pruning of fields ends. A model keeps at least one field a side.</summary>
public sealed record PruneOptions
{
    /// <summary>Pruning goes on while the keyed rows take more bytes than this as fp32; 0 for no such goal.</summary>
    public long TargetBytes { get; init; }

    /// <summary>Pruning goes on while the model has more fields than this.</summary>
    public int KeepFields { get; init; } = int.MaxValue;

    /// <summary>A removal after which the validation AUC is lower than the unpruned model's by more than this is taken back, and pruning ends.</summary>
    public double MaxAucDrop { get; init; } = double.PositiveInfinity;

    /// <summary>Training after each removal.</summary>
    public FinetuneOptions Finetune { get; init; } = new();
}
