using RecServe.Artifacts;
using RecServe.Compression.Folding;
using RecServe.Compression.Gates;
using RecServe.Compression.Networks;
using RecServe.Training;
using RecServe.Training.Data;
using RecServe.Training.Evaluation;
using RecServe.Training.Metrics;
using RecServe.Training.Networks;
using Xunit.Abstractions;

namespace RecServe.Compression.Tests;

public sealed class FieldGatesTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(GateKind.Lpfs), InlineData(GateKind.LpfsPlusPlus)]
    public void Slope_is_the_derivative_of_the_gate(GateKind kind)
    {
        var options = new GateOptions { Kind = kind };
        foreach (double epsilon in (double[])[0.1, 1e-2, 1e-4])
        {
            foreach (double x in (double[])[-1.3, -0.2, -0.01, 0.003, 0.05, 0.4, 1, 2])
            {
                const double h = 1e-6;
                double numeric = (GateFunction.At(options, x + h, epsilon).Value - GateFunction.At(options, x - h, epsilon).Value) / (2 * h);
                Assert.InRange(GateFunction.At(options, x, epsilon).Slope - numeric, -1e-5 * (1 + Math.Abs(numeric)), 1e-5 * (1 + Math.Abs(numeric)));
            }
        }
    }

    [Theory]
    [InlineData(GateKind.Lpfs), InlineData(GateKind.LpfsPlusPlus)]
    public void Gate_is_one_at_one_zero_at_zero_and_a_step_in_the_end(GateKind kind)
    {
        var options = new GateOptions { Kind = kind };
        foreach (double epsilon in (double[])[0.1, 1e-3, 1e-8])
        {
            Assert.Equal(1, GateFunction.At(options, 1, epsilon).Value, 12);
            Assert.Equal(0, GateFunction.At(options, 0, epsilon).Value);
        }

        Assert.InRange(GateFunction.At(options, 0.01, 1e-8).Value, 0.99, 1.01);
        Assert.Equal(kind == GateKind.LpfsPlusPlus, GateFunction.At(options, 0, 0.1).Slope > 0);
        if (kind == GateKind.LpfsPlusPlus)
            Assert.Equal(-GateFunction.At(options, 0.3, 0.1).Value, GateFunction.At(options, -0.3, 0.1).Value, 12);

        // x = 1, ε = 0.1, α = 10, τ = 2 unscaled: 1/1.1 + 10·√0.1·π/4 (the reference implementations' formula).
        Assert.Equal(0.5 * 0.5 / 0.35 / ((1 / 1.1) + (10 * Math.Sqrt(0.1) * Math.PI / 4)) + (10 * Math.Sqrt(0.1) * Math.Atan(0.5) / ((1 / 1.1) + (10 * Math.Sqrt(0.1) * Math.PI / 4))),
            GateFunction.At(new GateOptions(), 0.5, 0.1).Value, 12);
    }

    [Theory]
    [InlineData(0.3, 0.1, 0.2), InlineData(-0.3, 0.1, -0.2), InlineData(0.05, 0.1, 0), InlineData(-0.1, 0.1, 0)]
    public void SoftThreshold_moves_towards_zero_and_stops_there(double x, double threshold, double expected) =>
        Assert.Equal(expected, GateFunction.SoftThreshold(x, threshold), 12);

    [Fact]
    public void Gradient_of_a_gate_is_that_of_the_loss()
    {
        (ModelPackage package, TrainingData data) = SmallModel.Train(ModelKind.DeepFm);
        using var team = new ThreadTeam(1);
        var network = new PackageNetwork(package, 300, team);
        Dataset bound = network.Bind(data.Valid);
        ParameterStore parameters = network.Network.Parameters;
        network.Network.Step(new SampleBatch(bound, null, 0, 300), 0);
        for (int field = 0; field < 5; field++)
        {
            ParameterRange table = parameters[$"table.{package.Fields[field].Name}"];
            double gradient = 0;
            for (int i = 0; i < table.Length; i++)
                gradient += (double)table.In(parameters.Values)[i] * table.In(parameters.Gradients)[i];
            double Loss(float gate)
            {
                float[] kept = table.In(parameters.Values).ToArray();
                foreach (ref float value in table.In(parameters.Values))
                    value *= gate;
                double loss = Probabilities.LogLoss(network.Logits(bound), bound.Labels, []);
                kept.CopyTo(table.In(parameters.Values));
                return loss;
            }

            double numeric = (Loss(1.002f) - Loss(0.998f)) / 0.004;
            Assert.InRange(gradient - numeric, -2e-4 - (0.02 * Math.Abs(numeric)), 2e-4 + (0.02 * Math.Abs(numeric)));
        }
    }

    [Theory]
    [InlineData(GateKind.Lpfs, 201), InlineData(GateKind.Lpfs, 203), InlineData(GateKind.LpfsPlusPlus, 201), InlineData(GateKind.LpfsPlusPlus, 202), InlineData(GateKind.LpfsPlusPlus, 203)]
    public void Training_closes_the_planted_noise_and_removal_changes_nothing(GateKind kind, ulong seed)
    {
        (ModelPackage package, TrainingData data, PlantedFields planted) = Planted(seed);
        using var team = new ThreadTeam(1);
        GateResult result = FieldGates.Train(package, data.Train, new GateOptions { Kind = kind, Lambda = 4e-3, Finetune = Finetune(6) }, team);
        output.WriteLine(string.Join(" ", result.Gates.Select(g => g.ToString("F2", System.Globalization.CultureInfo.InvariantCulture))));

        Assert.All(result.Gates, gate => Assert.True(gate == 0 || Math.Abs(gate) > 0.5, $"{gate}"));
        Assert.All(Enumerable.Range(planted.Signal, planted.Fields - planted.Signal), f => Assert.Equal(0, result.Gates[f]));
        Assert.True(result.Gates.Take(planted.Signal).Count(g => g != 0) >= planted.Signal - 2);
        Assert.Equal(result.Gates.Count(g => g != 0), result.Package.Fields.Count);

        float[] gated = Evaluator.Logits(result.Gated, data.Test, 1);
        float[] removed = Evaluator.Logits(result.Package, Reencoding.Of(data.Test, package, result.Package), 1);
        double before = RocCurve.Auc(gated, data.Test.Labels, []), after = RocCurve.Auc(removed, data.Test.Labels, []);
        Assert.InRange(after - before, -1e-6, 1e-6);
        Assert.True(RocCurve.Auc(Evaluator.Logits(package, data.Test, 1), data.Test.Labels, []) - after < 0.01);
    }

    [Fact]
    public void Sweep_keeps_fewer_fields_as_lambda_rises()
    {
        (ModelPackage package, TrainingData data, _) = Planted(204);
        using var team = new ThreadTeam(1);
        IReadOnlyList<(double Lambda, GateResult Result)> sweep = FieldGates.Sweep(package, data.Train, [0.1, 1e-5, 4e-3], new GateOptions { Finetune = Finetune(4) }, team);
        Assert.Equal([1e-5, 4e-3, 0.1], sweep.Select(entry => entry.Lambda));
        int[] open = [.. sweep.Select(entry => entry.Result.Gates.Count(g => g != 0))];
        Assert.True(open[0] > open[1] && open[1] > open[2], string.Join(", ", open));
        Assert.Equal(Enumerable.Range(0, 14), FieldGates.Ranking(sweep[1].Result).Order());
        Assert.All(FieldGates.Ranking(sweep[1].Result).Take(open[1]), f => Assert.NotEqual(0, sweep[1].Result.Gates[f]));
    }

    [Fact]
    public void Baselines_rank_strong_fields_above_noise()
    {
        (ModelPackage package, TrainingData data, PlantedFields planted) = Planted(205);
        using var team = new ThreadTeam(1);
        double[] soft = SoftSelection.Importance(package, data.Train, data.Valid, Finetune(4), team);
        double[] lasso = GroupLasso.Importance(package, data.Train, 0.02, Finetune(4), team);
        output.WriteLine(string.Join(" ", soft.Select(x => x.ToString("F2", System.Globalization.CultureInfo.InvariantCulture))));
        output.WriteLine(string.Join(" ", lasso.Select(x => x.ToString("F3", System.Globalization.CultureInfo.InvariantCulture))));
        foreach (double[] importance in (double[][])[soft, lasso])
        {
            double noise = importance.Skip(planted.Signal).Max();
            Assert.True(importance.Take(4).Min() > noise, $"{importance.Take(4).Min()} {noise}");
        }

        Assert.Throws<ArgumentException>(() => GroupLasso.Importance(SmallModel.Train(ModelKind.DcnV2).Package, data.Train, 1, Finetune(1), team));
    }

    private static (ModelPackage Package, TrainingData Data, PlantedFields Planted) Planted(ulong seed)
    {
        var planted = new PlantedFields(9, 5, seed);
        TrainingData data = planted.Draw(60_000, 10_000, 10_000, dim: 4);
        var options = new TrainingOptions { Model = ModelKind.Mlp, Hidden = [16], BatchNorm = true, EmbeddingL2 = 5e-3f, EmbeddingDeviation = 0.01f, BatchSize = 512, LearningRate = 3e-3f, Seed = seed, Epochs = 8 };
        return (Trainer.Train(data, options).Package, data, planted);
    }

    private static FinetuneOptions Finetune(int epochs) => new() { Epochs = epochs, BatchSize = 256, LearningRate = 3e-4f, EmbeddingL2 = 5e-3f };
}
