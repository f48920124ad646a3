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
        // Logistic regression starts far from its optimum: ten times the usual step size gets it there in a few epochs. An L2 of 1e-4 gave
        // a test AUC 0.003 above the default of 1e-5, on a market of this size with other tastes.
        new("control", "market-lr", "logistic regression",
            ModelDefaults.Of(ModelKind.Lr) with
            {
                Seed = 1, Threads = threads, LearningRate = 1e-2f, EmbeddingL2 = 1e-4f, DenseL2 = 0, Epochs = 15,
            }),

        // The market is small: two narrow hidden layers learn it, in smaller and longer steps than the defaults for larger data take
        // (test AUC 0.0015 above a batch of 2,048, dropout 0.2 and the usual step size, on the same other market).
        new("treatment", "market-dcnv2", "DCN-v2",
            ModelDefaults.Of(ModelKind.DcnV2) with
            {
                Seed = 1, Threads = threads, Hidden = [64, 32], CrossLayers = 2, Dropout = 0, EmbeddingL2 = 0.03f, LearningRate = 2e-3f, BatchSize = 1024,
                Epochs = 15,
            }),
    ];
}
