using RecServe.Training.Data;

namespace RecServe.Training;

/// <summary>
/// The one table of default hyper-parameters. The general row of a model is the Frappe_x1 run of the BARS benchmark
/// (openbenchmark.github.io/BARS; mlp is its DLRM with interaction_op=cat, a single perceptron).
/// </summary>
public static class ModelDefaults
{
    private static readonly int[] Tower = [400, 400, 400];

    /// <summary>Defaults of a model on data of a format.</summary>
    public static TrainingOptions Of(ModelKind model, DataFormat format) => format == DataFormat.MovieLens ? OfMovieLens(model) : Of(model);

    /// <summary>General defaults of a model.</summary>
    public static TrainingOptions Of(ModelKind model) => model switch
    {
        ModelKind.Lr => new() { Model = model, EmbeddingL2 = 1e-5f, DenseL2 = 1e-5f },
        ModelKind.Fm => new() { Model = model, EmbeddingL2 = 5e-6f, DenseL2 = 5e-6f },
        ModelKind.Mlp => new() { Model = model, EmbeddingL2 = 0.1f, Hidden = Tower, BatchNorm = true, Dropout = 0.4f },
        ModelKind.DeepFm => new() { Model = model, EmbeddingL2 = 0.05f, Hidden = Tower, BatchNorm = true, Dropout = 0.2f },
        ModelKind.Mmoe => OfExperts(model) with { Experts = 8 },
        ModelKind.Ple => OfExperts(model) with { Experts = 4, TaskExperts = 2 },
        ModelKind.Moe => OfExperts(model) with { Experts = 8, Constants = 2, Copies = 1, Zeros = 1, TopK = 2, OneSet = true },
        _ => new() { Model = model, EmbeddingL2 = 0.05f, Hidden = Tower, BatchNorm = true, Dropout = 0.4f, CrossLayers = 4 },
    };

    /// <summary>
    /// MovieLens folders: chosen by validation AUC on latest-small (80,000 samples), where the wide towers above memorise within two epochs
    /// and lr at 1e-3 is still rising after 100.
    /// </summary>
    private static TrainingOptions OfMovieLens(ModelKind model) => model switch
    {
        ModelKind.Lr => Of(model) with { LearningRate = 0.01f },
        ModelKind.Fm => Of(model) with { EmbeddingL2 = 1e-4f },
        ModelKind.Mmoe or ModelKind.Ple or ModelKind.Moe => Of(model) with { EmbeddingL2 = 0.2f, BatchSize = 1024 },
        _ => Of(model) with
        {
            EmbeddingL2 = 0.2f, Hidden = [64, 64], Dropout = 0.2f, BatchSize = 1024, CrossLayers = model is ModelKind.DcnV2 or ModelKind.DcnV2Stacked ? 2 : 0,
        },
    };

    private static TrainingOptions OfExperts(ModelKind model) =>
        new() { Model = model, EmbeddingL2 = 0.05f, Hidden = [128, 64], ExpertLayers = 1, Tower = [32], Dropout = 0.2f };
}
