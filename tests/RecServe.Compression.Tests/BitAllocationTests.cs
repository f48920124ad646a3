using RecServe.Artifacts;
using RecServe.Compression.Networks;
using RecServe.Compression.Quantization;
using RecServe.Kernels;
using RecServe.Training;
using RecServe.Training.Data;
using RecServe.Training.Networks;

namespace RecServe.Compression.Tests;

public sealed class BitAllocationTests
{
    private static readonly RowPrecision?[] Choices = [null, RowPrecision.Int2, RowPrecision.Int4, RowPrecision.Int8Compact, RowPrecision.Int8, RowPrecision.Fp16, RowPrecision.Fp32];

    [Fact]
    public void At_loses_what_the_best_of_all_plans_loses_up_to_one_step()
    {
        (PackageNetwork network, RowStatistics statistics, ThreadTeam team) = Small();
        using (team)
        {
            BitAllocation allocation = BitAllocation.Create(network, statistics, RowRounding.Nearest, team, prior: 0);
            (int Bytes, double Loss)[][] rows = [.. Enumerable.Range(0, 5).SelectMany(f => Enumerable.Range(0, network.Vocabularies[f].Keys.Length).Select(row => Options(network, statistics, f, row)))];
            double[] best = Knapsack(rows);
            foreach (int budget in (int[])[0, 40, 101, 150, 222, 300, 401, 550])
            {
                RowPlan plan = allocation.At(budget);
                double loss = Loss(network, statistics, plan);
                double largestStep = rows.Max(row => row.Max(o => o.Loss) - row.Min(o => o.Loss));
                Assert.InRange(plan.Bytes, Math.Min(budget, 400) - 16, budget);
                Assert.InRange(loss, best[budget] - 1e-12, best[budget] + largestStep);
                Assert.True(loss < 1.25 * best[budget] + 1e-9, $"{budget} bytes: {loss}, the best plan {best[budget]}");
            }
        }
    }

    [Fact]
    public void Front_falls_convexly_and_its_losses_are_those_of_the_plans()
    {
        (PackageNetwork network, RowStatistics statistics, ThreadTeam team) = Small();
        using (team)
        {
            BitAllocation allocation = BitAllocation.Create(network, statistics, RowRounding.Searched, team, prior: 0);
            IReadOnlyList<(long Bytes, double Loss)> front = allocation.Front(1000);
            for (int i = 1; i < front.Count; i++)
                Assert.True(front[i].Bytes > front[i - 1].Bytes && front[i].Loss < front[i - 1].Loss);
            for (int i = 2; i < front.Count; i++)
            {
                double left = (front[i - 2].Loss - front[i - 1].Loss) / (front[i - 1].Bytes - front[i - 2].Bytes);
                double right = (front[i - 1].Loss - front[i].Loss) / (front[i].Bytes - front[i - 1].Bytes);
                Assert.True(right <= left * (1 + 1e-6), $"{i}: {left} {right}");
            }

            (long bytes, double expected) = front[front.Count / 2];
            RowPlan plan = allocation.At(bytes);
            Assert.Equal(bytes, plan.Bytes);
            Assert.InRange(Loss(network, statistics, plan, RowRounding.Searched) / expected, 0.999, 1.001);
            Assert.Equal(0, allocation.At(0).Bytes);
        }
    }

    [Fact]
    public void A_row_without_look_ups_is_not_worthless()
    {
        (PackageNetwork network, RowStatistics statistics, ThreadTeam team) = Small();
        using (team)
        {
            statistics.Fisher[0].AsSpan(8, 4).Clear(); // row 2 of the user table
            Assert.Null(BitAllocation.Create(network, statistics, RowRounding.Nearest, team, prior: 0).At(400).Tables[0][2]);
            Assert.NotNull(BitAllocation.Create(network, statistics, RowRounding.Nearest, team).At(400).Tables[0][2]);
        }
    }

    private static (PackageNetwork Network, RowStatistics Statistics, ThreadTeam Team) Small()
    {
        (ModelPackage package, TrainingData data) = SmallModel.Train(ModelKind.Mlp);
        var team = new ThreadTeam(1);
        var network = new PackageNetwork(package, 64, team);
        return (network, RowStatistics.Collect(network, network.Bind(data.Train)), team);
    }

    private static (int Bytes, double Loss)[] Options(PackageNetwork network, RowStatistics statistics, int field, int row, RowRounding rounding = RowRounding.Nearest) =>
        [.. Choices.Select(choice => (choice is { } p ? RowCodec.RowBytes(p, 4) : 0, RowLoss(network, statistics, field, row, choice, rounding)))];

    private static double RowLoss(PackageNetwork network, RowStatistics statistics, int field, int row, RowPrecision? precision, RowRounding rounding)
    {
        ReadOnlySpan<float> table = network.TableOf(field), values = table.Slice(row * 4, 4);
        var stored = new float[4];
        if (precision is { } p)
        {
            var bytes = new byte[RowCodec.RowBytes(p, 4)];
            if (rounding == RowRounding.Searched && p is RowPrecision.Int2 or RowPrecision.Int4)
                RowCodec.EncodeSearched(p, values, bytes);
            else
                RowCodec.Encode(p, values, bytes);
            RowCodec.Decode(p, bytes, stored);
        }
        else
        {
            // Key 1 is the first row of every table but the number's, whose only key has no unknown row to fall back to.
            int fallback = field == 2 ? 1 : 0;
            table.Slice(fallback * 4, 4).CopyTo(stored);
        }

        double loss = 0;
        for (int i = 0; i < 4; i++)
            loss += statistics.Fisher[field][(row * 4) + i] * Math.Pow((double)stored[i] - values[i], 2) / 2;
        return loss;
    }

    private static double Loss(PackageNetwork network, RowStatistics statistics, RowPlan plan, RowRounding rounding = RowRounding.Nearest) =>
        plan.Tables.Select((rows, f) => rows.Select((precision, row) => RowLoss(network, statistics, f, row, precision, rounding)).Sum()).Sum();

    /// <summary>Least loss of any plan for every budget up to 600 bytes, by dynamic programming.</summary>
    private static double[] Knapsack((int Bytes, double Loss)[][] rows)
    {
        double[] best = new double[601];
        foreach ((int Bytes, double Loss)[] row in rows)
        {
            var next = Enumerable.Repeat(double.PositiveInfinity, best.Length).ToArray();
            for (int b = 0; b < best.Length; b++)
            {
                foreach ((int bytes, double loss) in row)
                {
                    if (bytes <= b)
                        next[b] = Math.Min(next[b], best[b - bytes] + loss);
                }
            }

            best = next;
        }

        return best;
    }
}
