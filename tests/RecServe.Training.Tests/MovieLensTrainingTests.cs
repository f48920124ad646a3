using RecServe.Training.Baselines;
using RecServe.Training.Data;
using RecServe.Training.Tests.Data;

namespace RecServe.Training.Tests;

public sealed class MovieLensTrainingTests
{
    /// <summary>The cheapest model on the data that a new user starts with; measured .7660 ± .0002 over three seeds, the better baseline .7587.</summary>
    [SharedDataFact("movielens-small")]
    public void Lr_with_the_defaults_beats_both_baselines()
    {
        TrainingData data = TrainingDataReader.Read(new DataSource { Format = DataFormat.MovieLens, Train = SharedData.Folder("movielens-small") }, null, default);

        TrainedModel trained = Trainer.Train(data, ModelDefaults.Of(ModelKind.Lr, DataFormat.MovieLens) with { Threads = 2 });

        IReadOnlyList<Baseline> baselines = BaselineScores.Compute(data);
        Assert.Equal(2, baselines.Count);
        Assert.All(baselines, baseline => Assert.True(trained.Test.Auc > baseline.Auc + 0.004, $"lr {trained.Test.Auc}, {baseline}"));
        Assert.All(baselines, baseline => Assert.True(trained.Test.Gauc > baseline.Gauc, $"lr {trained.Test.Gauc}, {baseline}"));
    }
}
