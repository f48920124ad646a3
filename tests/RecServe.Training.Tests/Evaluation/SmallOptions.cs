namespace RecServe.Training.Tests.Evaluation;

internal static class SmallOptions
{
    /// <summary>A model small enough to train in tests, with embeddings large enough that every part of it matters.</summary>
    public static TrainingOptions Of(string model)
    {
        TrainingOptions options = ModelDefaults.Of(ModelNames.Parse(model));
        return options with
        {
            Hidden = options.Hidden.Count > 0 ? [16, 8] : [],
            EmbeddingDeviation = 0.3f,
            EmbeddingL2 = 1e-4f,
            BatchSize = 96,
            LearningRate = 0.01f,
            Seed = 5,
        };
    }
}
