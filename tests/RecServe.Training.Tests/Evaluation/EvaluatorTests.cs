using RecServe.Artifacts;
using RecServe.Training.Data;
using RecServe.Training.Evaluation;
using RecServe.Training.Metrics;
using RecServe.Training.Networks;
using RecServe.Training.Tests.Networks;

namespace RecServe.Training.Tests.Evaluation;

public sealed class EvaluatorTests
{
    public static TheoryData<string> Models => [.. ModelNames.All];

    [Theory]
    [MemberData(nameof(Models))]
    public void Evaluate_of_the_package_gives_the_trainers_own_figures(string model)
    {
        TrainingData data = SmallData.Data(700, 300, 1025, 6);
        TrainedModel trained = Trainer.Train(data, SmallOptions.Of(model) with { Epochs = 4 });

        EvaluationMetrics test = Evaluator.Evaluate(trained.Package, data.Test, 2);

        Assert.Equal(trained.Test.Auc, test.Auc, 1e-4);
        Assert.Equal(trained.Test.Gauc, test.Gauc, 1e-3);
        Assert.Equal(trained.Test.LogLoss, test.LogLoss, 1e-5);
        Assert.Equal(trained.Test.Rows, test.Rows);
    }

    /// <summary>Also the check of the batch-norm folding: the reference reads the folded tensors of the package.</summary>
    [Theory]
    [MemberData(nameof(Models))]
    public void Logits_of_the_package_equal_a_slow_forward_pass_over_its_tensors(string model)
    {
        TrainingData data = SmallData.Data(700, 300, 333, 6);
        TrainingOptions options = SmallOptions.Of(model) with { Epochs = 3 };
        ModelPackage package = Trainer.Train(data, options).Package;

        float[] logits = Evaluator.Logits(package, data.Test, 1);

        NetworkShape shape = NetworkShape.Of(options, [.. package.Tables.Select(t => (t.Name, t.Keys.Length, 6))]);
        Dictionary<string, double[]> parameters = package.Dense.ToDictionary(t => t.Name, t => Array.ConvertAll(t.Values, v => (double)v));
        foreach (PackageTable table in package.Tables)
            parameters[$"table.{table.Name}"] = Array.ConvertAll(table.Rows, v => (double)v);
        var reference = new ReferenceNetwork(shape, parameters);
        double[][] defaults = [.. package.Tables.Select(t => Array.ConvertAll(t.Default, v => (double)v))];
        Assert.True(logits.Distinct().Count() > 100);
        for (int s = 0; s < logits.Length; s++)
            Assert.Equal(reference.EvaluationLogit(data.Test, s, [], defaults), logits[s], 1e-4);
    }
}
