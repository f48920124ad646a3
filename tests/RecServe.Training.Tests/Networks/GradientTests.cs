using RecServe.Features;
using RecServe.Training.Data;
using RecServe.Training.Networks;

namespace RecServe.Training.Tests.Networks;

public sealed class GradientTests
{
    private const int Samples = 150; // three row blocks of 64, the last one short

    public static TheoryData<string, bool, double, int> Models => new()
    {
        { "lr", false, 0, 0 }, { "fm", false, 0, 0 },
        { "mlp", false, 0, 0 }, { "mlp", true, 0, 0 }, { "mlp", true, 0.3, 0 }, { "mlp", false, 0.3, 0 },
        { "deepfm", true, 0.2, 0 },
        { "dcnv2", true, 0.3, 2 }, { "dcnv2", false, 0, 3 }, { "dcnv2", true, 0, 0 },
        { "dcnv2-stacked", true, 0.3, 2 }, { "dcnv2-stacked", false, 0, 1 },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void Step_gradient_equals_finite_differences_of_the_reference(string model, bool batchNorm, double dropout, int crossLayers)
    {
        Dataset data = SmallData.Draw(Samples, 5, weights: true);
        using var team = new ThreadTeam(2);
        Check(Network(model, batchNorm, dropout, crossLayers, data, team), data, dropout);
    }

    private static void Check(RankingNetwork network, Dataset data, double dropout)
    {
        int[] order = [.. Enumerable.Range(0, Samples).Reverse()];
        const ulong Key = 99;

        double loss = network.Step(new SampleBatch(data, order, 0, Samples), Key);

        ReferenceNetwork reference = ReferenceNetwork.Of(network);
        Assert.Equal(reference.TrainingLoss(data, order, dropout, Key), loss, 1e-5);
        var random = new SeededRandom(11);
        foreach (ParameterRange range in network.Parameters.Ranges)
        {
            float[] analytic = range.In(network.Parameters.Gradients).ToArray();
            for (int i = 0; i < Math.Min(12, range.Length); i++)
            {
                int at = range.Length <= 12 ? i : random.NextInt(range.Length);
                double numeric = Difference(reference, range.Name, at, () => reference.TrainingLoss(data, order, dropout, Key));
                Assert.True(Math.Abs(numeric - analytic[at]) <= 2e-6 + (1e-3 * Math.Abs(numeric)), $"{range.Name}[{at}]: network {analytic[at]}, reference {numeric}");
            }
        }
    }

    [Theory]
    [InlineData(ModelKind.DcnV2, 1, 1, 1)]
    [InlineData(ModelKind.DcnV2, 3, 4, 2)]
    [InlineData(ModelKind.DcnV2, 2, 3, 3)]
    [InlineData(ModelKind.DcnV2Stacked, 4, 2, 1)]
    [InlineData(ModelKind.DcnV2Stacked, 2, 5, 3)]
    public void Step_of_low_rank_experts_gradient_equals_finite_differences_of_the_reference(ModelKind model, int experts, int rank, int layers)
    {
        Dataset data = SmallData.Draw(Samples, 5, weights: true);
        using var team = new ThreadTeam(2);
        var options = new TrainingOptions { Model = model, Hidden = [13, 9], BatchNorm = true, CrossLayers = layers, CrossExperts = experts, CrossRank = rank };
        RankingNetwork network = Network(NetworkShape.Of(options, [.. SmallData.Fields.Select((f, i) => (f.Name, f.Rows, i + 2))]), 0.3, data, team);
        Check(network, data, 0.3);
        foreach (ParameterRange range in network.Parameters.Ranges.Where(range => range.Name.StartsWith("cross.", StringComparison.Ordinal)))
            Assert.Equal(experts == 1 && range.Name == "cross.gate.weight", range.In(network.Parameters.Gradients).ToArray().All(g => g == 0));
    }

    public static TheoryData<int, int, int, bool, double> ExpertModels => new()
    {
        // shared experts, own experts, layers, tower, dropout
        { 4, 0, 1, true, 0 }, { 4, 0, 1, false, 0.3 }, { 1, 1, 1, true, 0 }, { 2, 1, 3, true, 0.3 },
    };

    [Theory]
    [MemberData(nameof(ExpertModels))]
    public void Step_of_several_tasks_gradient_equals_finite_differences_of_the_reference(int shared, int specific, int layers, bool tower, double dropout)
    {
        Dataset data = SmallData.WithTasks(SmallData.Draw(Samples, 5, weights: true), 6);
        using var team = new ThreadTeam(2);
        var options = new TrainingOptions
        {
            Model = specific > 0 || layers > 1 ? ModelKind.Ple : ModelKind.Mmoe, Hidden = [7, 6], Experts = shared, TaskExperts = specific, ExpertLayers = layers, Tower = tower ? [5] : [],
        };
        Check(Network(Shape(options), dropout, data, team), data, dropout);
    }

    [Theory]
    [InlineData(4, 2, 0)]
    [InlineData(4, 1, 0.3)]
    [InlineData(5, 3, 0.3)]
    public void Step_of_gates_that_take_a_few_experts_gradient_equals_finite_differences_of_the_reference(int experts, int topK, double dropout)
    {
        Dataset data = SmallData.WithTasks(SmallData.Draw(Samples, 5, weights: true), 6);
        using var team = new ThreadTeam(2);
        Check(Network(Shape(new TrainingOptions { Model = ModelKind.Mmoe, Hidden = [7, 6], Experts = experts, ExpertLayers = 1, Tower = [5], TopK = topK }), dropout, data, team), data, dropout);
    }

    public static TheoryData<string, TrainingOptions> SparseModels
    {
        get
        {
            var small = new TrainingOptions
            {
                Model = ModelKind.Moe, Hidden = [6, 7], Experts = 3, Constants = 2, Copies = 1, Zeros = 1, ExpertLayers = 1, Tower = [5], TopK = 2,
                Routing = new RoutingWeights(0.1, 0.2, 0.05),
            };
            return new()
            {
                { "top-k", small },
                { "one set", small with { OneSet = true, TopK = 3 } },
                { "top-p", small with { TopK = 0, TopP = 0.5f } },
                { "two layers with gating residuals", small with { ExpertLayers = 2, Tower = [] } },
                { "the user decides, two layers, top-p", small with { ExpertLayers = 2, ByRequest = true, TopK = 0, TopP = 0.6f } },
            };
        }
    }

    [Theory]
    [MemberData(nameof(SparseModels))]
    public void Step_of_sparse_experts_gradient_equals_finite_differences_of_the_reference(string name, TrainingOptions options)
    {
        Assert.NotEmpty(name);
        Dataset data = SmallData.WithTasks(SmallData.Draw(Samples, 5, weights: true), 6);
        using var team = new ThreadTeam(2);
        foreach (double dropout in (double[])[0, 0.3])
            Check(Network(Shape(options), dropout, data, team), data, dropout);
    }

    internal static NetworkShape Shape(TrainingOptions options) => NetworkShape.Of(options, [.. SmallData.Fields.Select((f, i) => (f.Name, f.Rows, i + 2))],
    [
        new TaskSchema { Name = "click", Column = "click" }, new TaskSchema { Name = "like", Column = "like", LossWeight = 0.5 },
        new TaskSchema { Name = "buy", Column = "buy", LossWeight = 2 },
    ], userInputs: 5);

    [Theory]
    [MemberData(nameof(Models))]
    public void Step_leaves_gradients_that_are_not_all_zero(string model, bool batchNorm, double dropout, int crossLayers)
    {
        Dataset data = SmallData.Draw(Samples, 5, weights: false);
        using var team = new ThreadTeam(1);
        RankingNetwork network = Network(model, batchNorm, dropout, crossLayers, data, team);

        network.Step(new SampleBatch(data, null, 0, Samples), 1);

        foreach (ParameterRange range in network.Parameters.Ranges)
        {
            bool biasUnderNorm = batchNorm && range.Name.StartsWith("mlp.", StringComparison.Ordinal) && range.Name.EndsWith(".bias", StringComparison.Ordinal);
            Assert.Equal(biasUnderNorm, range.In(network.Parameters.Gradients).ToArray().All(g => g == 0));
        }
    }

    internal static RankingNetwork Network(string model, bool batchNorm, double dropout, int crossLayers, Dataset data, ThreadTeam team)
    {
        ModelKind kind = ModelNames.Parse(model);
        bool deep = kind is not (ModelKind.Lr or ModelKind.Fm);
        var options = new TrainingOptions { Model = kind, Hidden = deep ? [13, 9] : [], BatchNorm = batchNorm, CrossLayers = crossLayers };
        bool pairs = kind is ModelKind.Fm or ModelKind.DeepFm;
        var shape = NetworkShape.Of(options, [.. SmallData.Fields.Select((f, i) => (f.Name, f.Rows, pairs ? 3 : i + 2))]);
        return Network(shape, dropout, data, team);
    }

    internal static RankingNetwork Network(NetworkShape shape, double dropout, Dataset data, ThreadTeam team)
    {
        var network = new RankingNetwork(shape, (float)dropout, Samples, data, team);
        ParameterInitializer.Draw(network.Parameters, 0.5f, new SeededRandom(3));

        // Biases and scales away from 0 and 1, so that a wrong gradient cannot hide behind them.
        var random = new SeededRandom(4);
        foreach (ParameterRange range in network.Parameters.Ranges.Where(r => r.Offset >= network.Parameters.TablesEnd && !r.Name.EndsWith(".weight", StringComparison.Ordinal)))
        {
            foreach (ref float value in range.In(network.Parameters.Values))
                value += 0.3f * (float)random.NextGaussian();
        }

        return network;
    }

    private static double Difference(ReferenceNetwork reference, string name, int at, Func<double> loss)
    {
        const double Step = 1e-7; // small enough that no ReLU of the 150 samples changes side within it
        double[] values = reference.Parameters[name];
        double value = values[at];
        values[at] = value + Step;
        double above = loss();
        values[at] = value - Step;
        double below = loss();
        values[at] = value;
        return (above - below) / (2 * Step);
    }
}
