namespace RecServe.Training;

/// <summary>
/// The one table of default hyper-parameters. The general row of a model is the Frappe_x1 run of the BARS benchmark
/// (openbenchmark.github.io/BARS; mlp is its DLRM with interaction_op=cat, a single perceptron).
/// </summary>
public static class ModelDefaults
{
    private static readonly int[] Tower = [400, 400, 400];

    /// <summary>Defaults of a model.</summary>
    public static TrainingOptions Of(ModelKind model) => model switch
    {
        ModelKind.Lr => new() { Model = model, EmbeddingL2 = 1e-5f, DenseL2 = 1e-5f },
        ModelKind.Fm => new() { Model = model, EmbeddingL2 = 5e-6f, DenseL2 = 5e-6f },
        ModelKind.Mlp => new() { Model = model, EmbeddingL2 = 0.1f, Hidden = Tower, BatchNorm = true, Dropout = 0.4f },
        ModelKind.DeepFm => new() { Model = model, EmbeddingL2 = 0.05f, Hidden = Tower, BatchNorm = true, Dropout = 0.2f },
        _ => new() { Model = model, EmbeddingL2 = 0.05f, Hidden = Tower, BatchNorm = true, Dropout = 0.4f, CrossLayers = 4 },
    };
}
