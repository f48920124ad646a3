using RecServe.Training.Data;
using RecServe.Training.Networks;

namespace RecServe.Training.Tests.Networks;

public sealed class RankingNetworkTests
{
    [Theory]
    [MemberData(nameof(GradientTests.Models), MemberType = typeof(GradientTests))]
    public void Evaluate_equals_the_reference_also_for_unseen_rows(string model, bool batchNorm, double dropout, int crossLayers)
    {
        Dataset train = SmallData.Draw(150, 5, weights: false), other = SmallData.Draw(321, 6, weights: false, unseen: true);
        using var team = new ThreadTeam(2);
        RankingNetwork network = GradientTests.Network(model, batchNorm, dropout, crossLayers, train, team);
        for (ulong step = 0; step < 3; step++)
            network.Step(new SampleBatch(train, null, 0, 150), step); // moves the running statistics
        var logits = new float[other.Samples];

        network.Evaluate(other, logits);

        ReferenceNetwork reference = ReferenceNetwork.Of(network);
        double[][] defaults = [.. network.Shape.Fields.Select((field, f) => MeanRow(reference.Parameters[$"table.{field.Name}"], train.Columns[f], field.Width))];
        for (int s = 0; s < other.Samples; s++)
            Assert.Equal(reference.EvaluationLogit(other, s, network.RunningStatistics, defaults), logits[s], 2e-5);
    }

    [Fact]
    public void RunningStatistics_after_one_step_are_a_tenth_of_the_batchs_unbiased_ones()
    {
        Dataset data = SmallData.Draw(150, 5, weights: false);
        using var team = new ThreadTeam(2);
        RankingNetwork network = GradientTests.Network("mlp", true, 0, 0, data, team);
        ReferenceNetwork reference = ReferenceNetwork.Of(network);
        network.Step(new SampleBatch(data, null, 0, 150), 1);

        double[] weight = reference.Parameters["mlp.0.weight"], bias = reference.Parameters["mlp.0.bias"];
        int inputs = network.Shape.InputWidth;
        var pooled = new double[150][];
        for (int s = 0; s < 150; s++)
            pooled[s] = Pooled(network.Shape, reference, data, s);
        for (int o = 0; o < bias.Length; o++)
        {
            double[] z = [.. pooled.Select(x => bias[o] + x.Select((v, i) => v * weight[(o * inputs) + i]).Sum())];
            double mean = z.Average(), variance = z.Sum(v => (v - mean) * (v - mean)) / 149;
            Assert.Equal(0.1 * mean, network.RunningStatistics[0][o], 1e-6);
            Assert.Equal(0.9 + (0.1 * variance), network.RunningStatistics[1][o], 1e-5);
        }
    }

    [Theory]
    [InlineData("dcnv2")]
    [InlineData("deepfm")]
    public void Step_gives_the_same_floats_on_any_number_of_threads(string model)
    {
        Dataset data = SmallData.Draw(150, 5, weights: true);
        float[] Gradient(int threads)
        {
            using var team = new ThreadTeam(threads);
            RankingNetwork network = GradientTests.Network(model, true, 0.3, model == "dcnv2" ? 2 : 0, data, team);
            network.Step(new SampleBatch(data, null, 0, 150), 7);
            return network.Parameters.Gradients;
        }

        float[] one = Gradient(1);

        Assert.Equal(one, Gradient(2));
        Assert.Equal(one, Gradient(5));
    }

    [Fact]
    public void Step_after_the_first_allocates_nothing()
    {
        Dataset data = SmallData.Draw(150, 5, weights: true);
        using var team = new ThreadTeam(1);
        RankingNetwork network = GradientTests.Network("dcnv2", true, 0.3, 2, data, team);
        var optimizer = new AdamOptimizer(network.Parameters, ModelDefaults.Of(ModelKind.DcnV2), team);
        var batch = new SampleBatch(data, null, 0, 150);
        ulong step = 0;
        long least = Allocations.Least(
            () =>
            {
                network.Step(batch, step++);
                optimizer.Step(1e-3);
            },
            warm: 3);
        Assert.Equal(0, least);
    }

    private static double[] Pooled(NetworkShape shape, ReferenceNetwork reference, Dataset data, int sample)
    {
        var x = new List<double>();
        for (int f = 0; f < shape.Fields.Count; f++)
        {
            DatasetColumn column = data.Columns[f];
            int start = column.Offsets?[sample] ?? sample, end = column.Offsets?[sample + 1] ?? (sample + 1), width = shape.Fields[f].Width;
            for (int i = 0; i < width; i++)
                x.Add(Enumerable.Range(start, end - start).Sum(e => (column.Weights?[e] ?? 1) * reference.Parameters[$"table.{shape.Fields[f].Name}"][(column.Rows[e] * width) + i]));
        }

        return [.. x];
    }

    private static double[] MeanRow(double[] table, DatasetColumn column, int width) =>
        [.. Enumerable.Range(0, width).Select(i => column.Rows.Average(row => table[(row * width) + i]))];
}
