using RecServe.Artifacts;
using RecServe.Compression.Networks;
using RecServe.Compression.Quantization;
using RecServe.Kernels;
using RecServe.Training;
using RecServe.Training.Data;
using RecServe.Training.Metrics;
using RecServe.Training.Networks;

namespace RecServe.Compression.Tests;

public sealed class RowStatisticsTests
{
    [Theory]
    [InlineData(ModelKind.Fm), InlineData(ModelKind.Mlp), InlineData(ModelKind.DcnV2)]
    public void Fisher_is_the_mean_of_variance_times_squared_slope_of_the_logit(ModelKind kind)
    {
        (ModelPackage package, TrainingData data) = SmallModel.Train(kind);
        using var team = new ThreadTeam(1);
        var network = new PackageNetwork(package, 50, team);
        Dataset bound = network.Bind(data.Valid with { Weights = [.. Enumerable.Range(0, 300).Select(s => 0.5f + (s % 2))] });
        RowStatistics statistics = RowStatistics.Collect(network, bound);
        float[] logits = network.Logits(bound);
        foreach ((int field, int number) in ((int, int)[])[(0, 9), (1, 6), (3, 13), (0, package.Fields[0].Width - 1 + (2 * package.Fields[0].Width))])
        {
            const float step = 2e-3f;
            float old = network.TableOf(field)[number];
            network.TableOf(field)[number] = old + step;
            float[] up = network.Logits(bound);
            network.TableOf(field)[number] = old - step;
            float[] down = network.Logits(bound);
            network.TableOf(field)[number] = old;
            double expected = 0, total = 0;
            for (int s = 0; s < logits.Length; s++)
            {
                double p = Probabilities.Sigmoid(logits[s]), slope = (up[s] - down[s]) / (2 * step);
                expected += bound.Weights![s] * p * (1 - p) * slope * slope;
                total += bound.Weights[s];
            }

            // A bag may hold a row twice: its slope is then twice as large, while the diagonal takes each entry by itself.
            double low = field == 1 ? 0.5 : 0.97, high = field == 1 ? 1.01 : 1.03;
            Assert.InRange(statistics.Fisher[field][number] / (expected / total), low, high);
        }
    }

    [Fact]
    public void Expected_loss_tracks_the_measured_rise_within_a_factor_of_two()
    {
        TrainingData data = new PlantedFields(8, 2, 3).Draw(30_000, 30_000, 100, dim: 8);
        var options = new TrainingOptions { Model = ModelKind.Mlp, Hidden = [32], EmbeddingL2 = 1e-3f, EmbeddingDeviation = 0.01f, BatchSize = 512, LearningRate = 3e-3f, Epochs = 8 };
        ModelPackage package = Trainer.Train(data, options).Package;
        using var team = new ThreadTeam(1);
        var network = new PackageNetwork(package, 1024, team);
        Dataset train = network.Bind(data.Train), valid = network.Bind(data.Valid);
        RowStatistics statistics = RowStatistics.Collect(network, train);
        double before = Probabilities.LogLoss(network.Logits(valid), valid.Labels, []);
        float[] exact = [.. network.Network.Parameters.Values];
        var rows = new QuantizedRows(network, RowPlan.Uniform(network, RowPrecision.Int2), RowRounding.Nearest, team);
        rows.Enter(network.Network.Parameters);
        double measured = Probabilities.LogLoss(network.Logits(valid), valid.Labels, []) - before, expected = 0;
        for (int f = 0; f < 10; f++)
        {
            int offset = network.Network.Parameters[$"table.{package.Fields[f].Name}"].Offset;
            for (int i = 0; i < statistics.Fisher[f].Length; i++)
            {
                double change = network.TableOf(f)[i] - exact[offset + i];
                expected += statistics.Fisher[f][i] * change * change / 2;
            }
        }

        Assert.True(measured > 1e-4, $"{measured}");
        Assert.InRange(expected / measured, 0.5, 2);
    }
}
