using RecServe.Artifacts;
using RecServe.Compression.Importance;
using RecServe.Compression.Networks;
using RecServe.Kernels;
using RecServe.Training;
using RecServe.Training.Data;
using RecServe.Training.Metrics;
using RecServe.Training.Networks;

namespace RecServe.Compression.Tests;

public sealed class FPermutationTests
{
    [Theory]
    [InlineData(ModelKind.Lr), InlineData(ModelKind.Fm), InlineData(ModelKind.Mlp), InlineData(ModelKind.DeepFm), InlineData(ModelKind.DcnV2), InlineData(ModelKind.DcnV2Stacked)]
    public void Importance_is_the_mean_absolute_directional_derivative_towards_the_mean(ModelKind kind)
    {
        (ModelPackage package, TrainingData data) = SmallModel.Train(kind);
        using var team = new ThreadTeam(1);
        Dataset weighted = data.Valid with { Weights = [.. Enumerable.Range(0, data.Valid.Samples).Select(s => 0.5f + (s % 3))] };
        var network = new PackageNetwork(package, 77, team);
        Dataset bound = network.Bind(weighted);
        double[] importance = FPermutation.Importance(network, bound);

        for (int field = 0; field < 5; field++)
            Assert.InRange(importance[field] / Numeric(package, field, bound, team), 0.98, 1.02);
    }

    /// <summary>Each sample's field moved a little towards the mean, the difference of the losses taken sample by sample.</summary>
    private static double Numeric(ModelPackage package, int field, Dataset bound, ThreadTeam team)
    {
        const float step = 2e-3f;
        int width = package.Fields[field].Width, samples = bound.Samples;
        var plain = new PackageNetwork(package, 77, team);
        DatasetColumn column = bound.Columns[field];
        float[] mean = FieldMeans.Of(plain.TableOf(field), width, column, bound.Weights, samples);

        // The mean stands in one more row; a sample reads its own entries with weight 1 − h and the mean with weight h.
        PackageTable table = package.Tables[field];
        ModelPackage longer = package with { Tables = [.. package.Tables.Select((t, f) => f == field ? t with { Keys = [.. t.Keys, ulong.MaxValue], Rows = [.. t.Rows, .. mean] } : t)] };
        var network = new PackageNetwork(longer, 77, team);
        float[] Moved(float h)
        {
            var rows = new List<int>();
            var weights = new List<float>();
            var offsets = new int[samples + 1];
            for (int s = 0; s < samples; s++)
            {
                int start = column.Offsets?[s] ?? s, end = column.Offsets?[s + 1] ?? (s + 1);
                for (int e = start; e < end; e++)
                {
                    rows.Add(column.Rows[e]);
                    weights.Add((column.Weights?[e] ?? 1) * (1 - h));
                }

                rows.Add(table.Keys.Length);
                weights.Add(h);
                offsets[s + 1] = rows.Count;
            }

            return network.Logits(bound with { Columns = [.. bound.Columns.Select((c, f) => f == field ? new DatasetColumn([.. rows], offsets, [.. weights]) : c)] });
        }

        float[] up = Moved(step), down = Moved(-step);
        double sum = 0, total = 0;
        for (int s = 0; s < samples; s++)
        {
            sum += bound.Weights![s] * Math.Abs(Probabilities.CrossEntropy(up[s], bound.Labels[s]) - Probabilities.CrossEntropy(down[s], bound.Labels[s])) / (2 * step);
            total += bound.Weights[s];
        }

        return sum / total;
    }

    [Fact]
    public void Spearman_of_known_ranks()
    {
        Assert.Equal(1, RankCorrelation.Spearman([1, 5, 9], [2, 3, 4]), 12);
        Assert.Equal(-1, RankCorrelation.Spearman([1, 5, 9], [4, 3, 2]), 12);
        Assert.Equal(0.9486832980505138, RankCorrelation.Spearman([1, 2, 3, 4], [1, 2, 2, 3]), 12); // scipy.stats.spearmanr
    }

    [Fact]
    public void Reordered_column_gives_each_sample_the_entries_of_another()
    {
        var column = new DatasetColumn([4, 5, 6, 7, 8], [0, 2, 2, 5], [1, 2, 3, 4, 5]);
        DatasetColumn moved = PermutationImportance.Reordered(column, [2, 0, 1]);
        Assert.Equal([6, 7, 8, 4, 5], moved.Rows);
        Assert.Equal([0, 3, 5, 5], moved.Offsets!);
        Assert.Equal([3f, 4, 5, 1, 2], moved.Weights!);
    }
}
