using RecServe.Training.Baselines;
using RecServe.Training.Data;
using RecServe.Training.Tests.Networks;

namespace RecServe.Training.Tests;

public sealed class BaselineScoresTests
{
    [Fact]
    public void Compute_ranks_by_count_and_by_smoothed_means()
    {
        TrainingData data = SmallData.Data(100, 20, 20, 4) with
        {
            Train = Samples([1, 1, 0, 0, 0], users: [0, 0, 0, 1, 1], items: [0, 0, 0, 1, 1]),
            Test = Samples([1, 0, 1, 0], users: [0, 0, 1, 1], items: [1, 0, 1, -1]),
        };

        IReadOnlyList<Baseline> baselines = BaselineScores.Compute(data);

        // Counts 2, 3, 2, 0: of the four pairs (positive, negative) the counts order (2,0) and (2,0) right.
        Assert.Equal(["item_count", "user_item_mean"], baselines.Select(b => b.Name));
        Assert.Equal(0.5, baselines[0].Auc, 1e-12);
        // Overall .4; user rates 4/8, 2/7; item rates 4/8, 2/7, unseen .4: sums .786, 1, .571, .686. Only .786 > .686 is ordered right.
        Assert.Equal(0.25, baselines[1].Auc, 1e-12);
        Assert.Equal(0, baselines[1].Gauc, 1e-12);
    }

    [Fact]
    public void Compute_without_a_user_column_gives_none()
    {
        TrainingData data = SmallData.Data(100, 20, 20, 4);

        Assert.Empty(BaselineScores.Compute(data with { Schema = data.Schema with { User = null } }));
    }

    private static Dataset Samples(float[] labels, int[] users, int[] items) => new(labels, null, users,
        [new(users, null, null), new(new int[labels.Length], null, null), new(new int[labels.Length], null, null), new(items, null, null)]);
}
