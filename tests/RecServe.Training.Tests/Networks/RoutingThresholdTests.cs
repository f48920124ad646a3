using RecServe.Artifacts;
using RecServe.Ranking;
using RecServe.Training.Data;
using RecServe.Training.Evaluation;
using RecServe.Training.Networks;
using RecServe.Training.Tests.Evaluation;

namespace RecServe.Training.Tests.Networks;

public sealed class RoutingThresholdTests
{
    [Theory]
    [InlineData(0.9f, 2)]
    [InlineData(0.1f, 2)]
    [InlineData(0.5f, 5)]
    public void Threshold_goes_to_where_the_average_is_the_target(float start, double target)
    {
        // Twelve experts of equal probability: a threshold of p takes more than 12 p of them.
        var threshold = new RoutingThreshold(start, target);
        for (int step = 0; step < 300; step++)
            threshold.Follow(12 * threshold.Value);
        Assert.Equal(target / 12, threshold.Value, 1e-3);
    }

    [Fact]
    public void Threshold_stays_within_its_range()
    {
        var threshold = new RoutingThreshold(0.5f, 2);
        for (int step = 0; step < 1000; step++)
            threshold.Follow(50);
        Assert.Equal(RoutingThreshold.Least, threshold.Value);
        for (int step = 0; step < 1000; step++)
            threshold.Follow(0);
        Assert.Equal(RoutingThreshold.Most, threshold.Value);
    }

    [Theory]
    [InlineData(1, 1.25f, false)]
    [InlineData(2, 2.5f, true)]
    public void Trained_package_takes_as_many_networks_as_was_asked_for(int layers, float target, bool byRequest)
    {
        TrainingData data = SmallData.Data(700, 300, 200, 6);
        TrainingOptions options = SmallOptions.Of("moe") with { ExpertLayers = layers, TopK = 0, TopP = 0.4f, AverageExperts = target, ByRequest = byRequest, Epochs = 3 };
        TrainedModel trained = Trainer.Train(data, options with { Threads = 2 });
        float topP = (float)trained.Package.Architecture.Sparse!.TopP;
        Assert.NotEqual(0.4f, topP);
        Assert.Equal(topP, (float)Trainer.Train(data, options).Package.Architecture.Sparse!.TopP);

        // What the serving scorer counts on the samples that it was fitted to.
        ModelPackage package = trained.Package;
        IScorer scorer = ScorerFactory.Create(package);
        var users = new SideGather(scorer.Layout.User, package, data.Valid);
        var items = new SideGather(scorer.Layout.Item, package, data.Valid);
        int rows = data.Valid.Samples;
        float[] user = new float[rows * users.Width], item = new float[rows * items.Width];
        users.Gather(0, rows, user);
        items.Gather(0, rows, item);
        scorer.ScoreRows(user, item, rows, new float[scorer.ScratchFloats(rows)], new float[rows * scorer.Outputs]);
        var loads = (IExpertLoads)scorer;
        SparseArchitecture shape = package.Architecture.Sparse;
        double average = (double)loads.ExpertRows.Where((_, i) => i % shape.Experts < shape.Networks).Sum() / (rows * layers);
        Assert.Equal(trained.Package.Metrics["valid_average_experts"], average, 0.02);
        Assert.Equal(target, average, 0.1 * target);
    }

    [Fact]
    public void More_networks_than_there_are_cannot_be_asked_for() => Assert.Equal("average_experts is 9, there are 8 experts that are networks", Assert.Throws<TrainingException>(() =>
        Trainer.Train(SmallData.Data(200, 100, 100, 6), SmallOptions.Of("moe") with { TopK = 0, TopP = 0.4f, AverageExperts = 9 })).Message);

    [Fact]
    public void Samples_without_the_labels_of_the_schemas_tasks_are_refused()
    {
        TrainingData data = SmallData.Data(200, 100, 100, 6);
        data = data with { Schema = data.Schema with { Tasks = [new() { Name = "a", Column = "a" }, new() { Name = "b", Column = "b" }] } };
        Assert.Equal("the schema has 2 tasks, the training samples have labels of 1", Assert.Throws<TrainingException>(() => Trainer.Train(data, SmallOptions.Of("mmoe"))).Message);
    }
}
