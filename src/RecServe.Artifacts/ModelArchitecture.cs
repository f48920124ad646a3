namespace RecServe.Artifacts;

/// <summary>The dense part of a model, as the manifest states it; what each kind computes is in docs/formats/package.md.</summary>
public sealed record ModelArchitecture
{
    /// <summary><c>lr</c>, <c>fm</c>, <c>mlp</c>, <c>deepfm</c>, <c>dcnv2</c>, <c>mmoe</c>, <c>ple</c> or <c>moe</c>.</summary>
    public required string Kind { get; init; }

    /// <summary><c>parallel</c> or <c>stacked</c> for <c>dcnv2</c>; null otherwise.</summary>
    public string? Structure { get; init; }

    /// <summary>Number of cross layers of <c>dcnv2</c>; 0 otherwise.</summary>
    public int CrossLayers { get; init; }

    /// <summary>Low-rank experts of the cross layers of <c>dcnv2</c>; null where they are full matrices, and for other kinds.</summary>
    public CrossMixture? CrossMixture { get; init; }

    /// <summary>Widths of the hidden layers of the MLP; empty for <c>lr</c> and <c>fm</c>.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [];

    /// <summary>Tasks of a kind that learns several, at least one; empty for the kinds that learn one label.</summary>
    public IReadOnlyList<PackageTask> Tasks { get; init; } = [];

    /// <summary>Experts of <c>mmoe</c> and <c>ple</c>; null otherwise.</summary>
    public ExpertArchitecture? Experts { get; init; }

    /// <summary>Sparse experts of <c>moe</c>; null otherwise.</summary>
    public SparseArchitecture? Sparse { get; init; }

    /// <summary>The experts that rows choose from; null where all experts run for every row, and for kinds without experts.</summary>
    public ChosenExperts? Chosen => Sparse is { } sparse
        ? new() { Layers = sparse.Layers, Names = [.. Enumerable.Range(0, sparse.Experts).Select(sparse.ExpertName)], Networks = sparse.Networks, FirstZero = sparse.FirstZero }
        : Experts is { TopK: > 0 } experts
            ? new() { Layers = 1, Names = [.. Enumerable.Range(0, experts.Shared).Select(expert => $"network.{expert}")], Networks = experts.Shared, FirstZero = experts.Shared }
            : null;

    /// <summary>Every tensor of the cross layers, in forward order; empty for kinds without.</summary>
    /// <param name="inputs">Floats of all embeddings.</param>
    public IEnumerable<TensorShape> CrossTensors(int inputs) => CrossMixture?.Tensors(inputs, CrossLayers)
        ?? Enumerable.Range(0, CrossLayers).SelectMany(l => (TensorShape[])[new($"cross.{l}.weight", inputs, inputs), new($"cross.{l}.bias", inputs)]);

    /// <summary>Every dense tensor of a kind with tasks; empty for others.</summary>
    /// <param name="inputs">Floats of all embeddings.</param>
    public IEnumerable<TensorShape> TaskTensors(int inputs) => Experts?.Tensors(inputs, Tasks.Count) ?? Sparse?.Tensors(inputs, Tasks.Count) ?? [];
}
