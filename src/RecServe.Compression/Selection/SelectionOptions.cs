using RecServe.Compression.Networks;

namespace RecServe.Compression.Selection;

/// <summary>How orders of fields are found and compared.</summary>
public sealed record SelectionOptions
{
    /// <summary>Shuffles of each field for exact permutation importance, at least 2: their spread decides which fields are certain.</summary>
    public int Repeats { get; init; } = 10;

    /// <summary>λ of the gates that are tried, nats.</summary>
    public IReadOnlyList<double> Penalties { get; init; } = [1e-2, 3e-3, 1e-3, 3e-4];

    /// <summary>Passes over the training samples for each λ.</summary>
    public int GateEpochs { get; init; } = 6;

    /// <summary>λ of the group lasso.</summary>
    public double Lasso { get; init; } = 0.02;

    /// <summary>Training after fields were removed, before the AUC is taken; also that of the group lasso with <see cref="LassoEpochs"/>.</summary>
    public FinetuneOptions Finetune { get; init; } = new() { Epochs = 1, LearningRate = 3e-4f, BatchSize = 512 };

    /// <summary>Passes over the training samples for the group lasso.</summary>
    public int LassoEpochs { get; init; } = 4;

    /// <summary>Numbers of fields kept at which the AUC is taken; those not below the model's number of fields are left out. Empty for importances alone, without gates and lasso.</summary>
    public IReadOnlyList<int> Kept { get; init; } = [1, 2, 3, 4, 6, 8, 10, 15, 20, 25, 30, 35];

    /// <summary>Threads that compute, 1 to 64; the result does not depend on it.</summary>
    public int Threads { get; init; } = 1;
}
