using RecServe.Training.Networks;

namespace RecServe.Training;

/// <summary>
/// Everything that decides a training run beside the data. Defaults are those that all Frappe_x1 reference runs share; what differs by
/// model is in <see cref="ModelDefaults"/>. Names and ranges for <c>--set</c> are in <see cref="HyperParameters"/>.
/// </summary>
public sealed record TrainingOptions
{
    /// <summary>What is trained.</summary>
    public required ModelKind Model { get; init; }

    /// <summary>Decides initial weights, sample order and dropout; equal seeds give equal packages.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads that compute, 1 to 64. The result does not depend on it.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Samples of an optimizer step, 1 to 1,000,000; the last step of an epoch takes what is left.</summary>
    public int BatchSize { get; init; } = 4096;

    /// <summary>Most passes over the training samples, 1 to 10,000.</summary>
    public int Epochs { get; init; } = 100;

    /// <summary>Training stops after this many consecutive epochs without a better validation AUC, 1 to 1,000.</summary>
    public int Patience { get; init; } = 2;

    /// <summary>Adam's step size at the start, 1e-9 to 10.</summary>
    public float LearningRate { get; init; } = 1e-3f;

    /// <summary>Factor of the learning rate after an epoch without a better validation AUC, 1e-6 to 1.</summary>
    public float LearningRateDecay { get; init; } = 0.1f;

    /// <summary>The learning rate never decays below this, 0 to 10.</summary>
    public float MinLearningRate { get; init; } = 1e-6f;

    /// <summary>λ of (λ/2)‖w‖² over all rows of all tables at every step, 0 to 1,000.</summary>
    public float EmbeddingL2 { get; init; }

    /// <summary>λ of (λ/2)‖w‖² over all other parameters, 0 to 1,000.</summary>
    public float DenseL2 { get; init; }

    /// <summary>The gradient is scaled down to this global norm where it is longer, above 0 to 1e9.</summary>
    public float ClipNorm { get; init; } = 10;

    /// <summary>Standard deviation of initial embedding values, 0 to 10.</summary>
    public float EmbeddingDeviation { get; init; } = 1e-4f;

    /// <summary>Widths of the hidden layers, each 1 to 65,536, at most 32 layers; empty for lr and fm.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [];

    /// <summary>Share of hidden units dropped in training, 0 to below 1.</summary>
    public float Dropout { get; init; }

    /// <summary>Whether hidden layers are batch-normalised in training; it is folded into the weights of the package.</summary>
    public bool BatchNorm { get; init; }

    /// <summary>Cross layers of dcnv2, 1 to 32 there; 0 for other models.</summary>
    public int CrossLayers { get; init; }

    /// <summary>Low-rank experts of each cross layer of dcnv2, 1 to 16 (DCN-Mix, see <see cref="Artifacts.CrossMixture"/>); 0 for full matrices, together with <see cref="CrossRank"/>.</summary>
    public int CrossExperts { get; init; }

    /// <summary>Units of such an expert, 1 to the floats of all embeddings; 0 for full matrices.</summary>
    public int CrossRank { get; init; }

    /// <summary>
    /// Experts that all tasks share, in each layer of experts; 1 to 256 for mmoe, ple and moe, 0 for other models. Their widths are <see cref="Hidden"/>, for moe the
    /// width of all experts' outputs and the units of their hidden layer.
    /// </summary>
    public int Experts { get; init; }

    /// <summary>Experts that each task has for itself in each layer, ple alone, 0 to 256.</summary>
    public int TaskExperts { get; init; }

    /// <summary>Layers of experts, 1 for mmoe, 1 to 8 for ple and moe; 0 for other models.</summary>
    public int ExpertLayers { get; init; }

    /// <summary>Widths of the hidden layers of each task's tower; may be empty.</summary>
    public IReadOnlyList<int> Tower { get; init; } = [];

    /// <summary>Constant experts of moe beside <see cref="Experts"/>, 0 to 64.</summary>
    public int Constants { get; init; }

    /// <summary>Copying experts of moe, 0 to 64.</summary>
    public int Copies { get; init; }

    /// <summary>Zero experts of moe, 0 to 64.</summary>
    public int Zeros { get; init; }

    /// <summary>Experts that a row of moe takes, 1 to 256; 0 where <see cref="TopP"/> decides. Of mmoe those that each task's gate takes; 0 for all.</summary>
    public int TopK { get; init; }

    /// <summary>Sum of probabilities beyond which a row of moe takes no more experts, above 0 to 1; 0 where <see cref="TopK"/> decides.</summary>
    public float TopP { get; init; }

    /// <summary>
    /// Networks that a row shall take on average in each layer of moe by top-p: the threshold follows it in training, and is fitted to it on the validation samples at the end.
    /// Above 0 to <see cref="Experts"/>; 0 for a threshold that stays as it is.
    /// </summary>
    public float AverageExperts { get; init; }

    /// <summary>Whether all tasks of moe take one set of experts.</summary>
    public bool OneSet { get; init; }

    /// <summary>Whether routers of moe read the user's and the context's embeddings alone.</summary>
    public bool ByRequest { get; init; }

    /// <summary>Factors of the losses of moe's routers.</summary>
    public RoutingWeights Routing { get; init; } = new();
}
