using RecServe.Training;

namespace RecServe.Cli.Demo;

/// <summary>One of the two models of the demo's experiment.</summary>
/// <param name="Variant">Key of the experiment's variant that serves it.</param>
/// <param name="Name">Name of its package.</param>
/// <param name="Title">What it is called on the screen.</param>
/// <param name="Options">How it is trained.</param>
internal sealed record DemoModel(string Variant, string Name, string Title, TrainingOptions Options)
{
    /// <summary>The model that only adds effects up, and the one that also learns who likes what.</summary>
    public static IReadOnlyList<DemoModel> Both(int threads) =>
    [
        // Logistic regression starts far from its optimum with small steps: ten times the usual step size gets it there in a few epochs.
        new("control", "market-lr", "logistic regression",
            ModelDefaults.Of(ModelKind.Lr) with { Seed = 1, Threads = threads, LearningRate = 1e-2f, Epochs = 12 }),
        // The market is small: two narrow hidden layers and light regularization learn it; the defaults are for larger data.
        new("treatment", "market-dcnv2", "DCN-v2",
            ModelDefaults.Of(ModelKind.DcnV2) with
            {
                Seed = 1, Threads = threads, Hidden = [64, 32], CrossLayers = 2, Dropout = 0.1f, EmbeddingL2 = 5e-4f, BatchSize = 2048, Epochs = 12,
            }),
    ];
}
