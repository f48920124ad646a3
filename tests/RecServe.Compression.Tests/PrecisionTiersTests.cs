using RecServe.Artifacts;
using RecServe.Compression.Networks;
using RecServe.Compression.Quantization;
using RecServe.Kernels;
using RecServe.Training;
using RecServe.Training.Data;
using RecServe.Training.Networks;

namespace RecServe.Compression.Tests;

public sealed class PrecisionTiersTests
{
    [Fact]
    public void Priority_decays_window_by_window_and_weighs_positives()
    {
        var column = new DatasetColumn([0, 1, 0, 1, 2, 2], null, null);
        double[] scores = new RowPriority(PositiveWeight: 3, Decay: 0.5, Windows: 2).Of(column, [1, 0, 0, 1, 0, 1], 4);
        // Window 1: row 0 has 3 + 1, row 1 has 1. Window 2: row 1 has 3, row 2 has 1 + 3.
        Assert.Equal([0.5 * 0.5 * 4, (0.5 * 0.5 * 1) + (0.5 * 3), 0.5 * 4, 0], scores);
    }

    [Theory]
    [InlineData(0.5, 1), InlineData(0.25, 9), InlineData(0.01, 10), InlineData(0, 10)]
    public void PositiveWeight_is_the_squared_odds_against_capped(double share, double weight) => Assert.Equal(weight, RowPriority.PositiveWeightOf(share), 9);

    [Theory]
    [InlineData(0.9), InlineData(0.55), InlineData(0.45), InlineData(0.3), InlineData(0.2)]
    public void ByBudget_stays_within_it_and_gives_more_bytes_to_higher_priorities(double share)
    {
        (PackageNetwork network, double[][] priorities, ThreadTeam team) = Small();
        using (team)
        {
            long full = RowPlan.Uniform(network, RowPrecision.Fp32).Bytes, budget = (long)(share * full);
            RowPlan plan = PrecisionTiers.ByBudget(network, priorities, budget);
            Assert.InRange(plan.Bytes, budget - 32, budget);
            (double Priority, int Bytes)[] rows = [.. plan.Tables.SelectMany((table, f) => table.Select((p, row) => (priorities[f][row], p is { } x ? RowCodec.RowBytes(x, 16) : 0)))];
            (double Priority, int Bytes)[] sorted = [.. rows.OrderByDescending(row => row.Priority)];
            Assert.Equal(sorted.Select(row => row.Bytes).OrderDescending(), sorted.Select(row => row.Bytes));
            Assert.InRange(rows.Select(row => row.Bytes).Distinct().Count(), 2, 3);
        }
    }

    [Fact]
    public void ByThresholds_puts_rows_where_their_priority_lies()
    {
        (PackageNetwork network, double[][] priorities, ThreadTeam team) = Small();
        using (team)
        {
            RowPlan plan = PrecisionTiers.ByThresholds(network, priorities, 20, 60);
            for (int row = 0; row < plan.Tables[5].Length; row++)
                Assert.Equal(priorities[5][row] >= 60 ? RowPrecision.Fp32 : priorities[5][row] >= 20 ? RowPrecision.Fp16 : RowPrecision.Int8Compact, plan.Tables[5][row]);
            Assert.Equal(3, plan.Tables[5].Distinct().Count());
        }
    }

    [Fact]
    public void Hysteresis_keeps_a_row_in_its_tier_while_it_is_near_the_border()
    {
        (PackageNetwork network, double[][] priorities, ThreadTeam team) = Small();
        using (team)
        {
            long budget = (long)(0.4 * RowPlan.Uniform(network, RowPrecision.Fp32).Bytes);
            RowPlan first = PrecisionTiers.ByBudget(network, priorities, budget);
            double[][] jittered = [.. priorities.Select((table, f) => table.Select((p, row) => p * (1 + (0.04 * Math.Sin(row + f)))).ToArray())];
            int Moved(RowPlan plan) => plan.Tables.Select((table, f) => table.Where((p, row) => p != first.Tables[f][row]).Count()).Sum();
            int free = Moved(PrecisionTiers.ByBudget(network, jittered, budget)), held = Moved(PrecisionTiers.ByBudget(network, jittered, budget, first));
            Assert.True(held < free, $"{held} rows moved with hysteresis, {free} without");
        }
    }

    private static (PackageNetwork Network, double[][] Priorities, ThreadTeam Team) Small()
    {
        TrainingData data = new PlantedFields(6, 0, 5).Draw(2000, 500, 10, dim: 16);
        ModelPackage package = Trainer.Train(data, new TrainingOptions { Model = ModelKind.Mlp, Hidden = [4], Epochs = 1, EmbeddingDeviation = 0.1f }).Package;
        var team = new ThreadTeam(1);
        var network = new PackageNetwork(package, 64, team);
        return (network, [.. network.Vocabularies.Select((keys, f) => Enumerable.Range(0, keys.Keys.Length).Select(row => 1 + (100 * Math.Abs(Math.Sin((row * 7) + f)))).ToArray())], team);
    }
}
