namespace RecServe.Compression.Networks;

/// <summary>How a package is trained further after something was taken from it.</summary>
public sealed record FinetuneOptions
{
    /// <summary>Passes over the training samples, 0 to 100.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>Adam's step size: a tenth of the trainer's default, since the model is near its optimum already.</summary>
    public float LearningRate { get; init; } = 1e-4f;

    /// <summary>Samples of a step.</summary>
    public int BatchSize { get; init; } = 2048;

    /// <summary>λ of (λ/2)‖w‖² over all rows of all tables at every step: the trainer's own, so that rows keep their size.</summary>
    public float EmbeddingL2 { get; init; }

    /// <summary>Whether the best state by validation AUC is kept; otherwise the last one, and nothing is validated.</summary>
    public bool KeepBest { get; init; } = true;

    /// <summary>Decides the order of samples, and of stochastic rounding.</summary>
    public ulong Seed { get; init; } = 1;
}
