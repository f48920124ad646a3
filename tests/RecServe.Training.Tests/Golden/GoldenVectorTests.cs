using RecServe.Artifacts;
using RecServe.Ranking;
using RecServe.Training.Data;
using RecServe.Training.Networks;

namespace RecServe.Training.Tests.Golden;

/// <summary>Every kind of model against vectors that torch computed (bench/peers/golden_models.py).</summary>
public sealed class GoldenVectorTests
{
    private static readonly string[] Names = ["lr", "fm", "mlp", "deepfm", "dcnv2", "dcnv2-stacked", "mmoe", "mmoe-top-k", "ple", "moe", "moe-top-p", "moe-by-request", "dcnv2-mix", "dcnv2-stacked-mix"];

    public static TheoryData<string> Models => [.. Names];

    [Fact]
    public void Every_kind_that_can_be_trained_has_golden_vectors() => Assert.Empty(ModelNames.All.Except(Names));

    [Theory]
    [MemberData(nameof(Models))]
    public void Served_logits_equal_those_of_torch(string name)
    {
        GoldenModel golden = GoldenModel.Read(name);
        IScorer scorer = ScorerFactory.Create(golden.Package());
        int outputs = scorer.Outputs, tasks = golden.Labels.Length, first = tasks > 1 ? 1 : 0;
        float[] users = new float[golden.Rows * scorer.Layout.User.Width], items = new float[golden.Rows * scorer.Layout.Item.Width];
        for (int row = 0; row < golden.Rows; row++)
        {
            Fill(golden, row, scorer.Layout.User, users.AsSpan(row * scorer.Layout.User.Width));
            Fill(golden, row, scorer.Layout.Item, items.AsSpan(row * scorer.Layout.Item.Width));
        }

        float[] logits = new float[golden.Rows * outputs], alone = new float[outputs], scratch = new float[scorer.ScratchFloats(golden.Rows)];
        scorer.ScoreRows(users, items, golden.Rows, scratch, logits);
        for (int row = 0; row < golden.Rows; row++)
        {
            scorer.Score(new RankBatch(users.AsSpan(row * scorer.Layout.User.Width, scorer.Layout.User.Width), items.AsSpan(row * scorer.Layout.Item.Width), 1), scratch, alone);
            for (int task = 0; task < tasks; task++)
            {
                double expected = golden.Logits[(row * tasks) + task], bound = 1e-5 * Math.Max(1, Math.Abs(expected));
                Assert.Equal(expected, logits[(row * outputs) + first + task], bound);
                Assert.Equal(expected, alone[first + task], bound);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Loss_and_gradients_of_a_training_step_equal_those_of_torch(string name)
    {
        GoldenModel golden = GoldenModel.Read(name);
        using var team = new ThreadTeam(2);
        (RankingNetwork network, Dataset data) = golden.Network(team);
        Assert.Equal(golden.Loss, network.Step(new SampleBatch(data, null, 0, golden.Rows), 1), 1e-5);
        foreach (string tensor in golden.Tensors.Keys)
            Check(tensor, golden.Gradient(tensor), network.Parameters[tensor].In(network.Parameters.Gradients));
        for (int field = 0; field < golden.Dims.Length; field++)
        {
            for (int sample = 0; sample < golden.Rows; sample++)
                Check($"row {sample} of field {field}", golden.Row(sample, field, gradient: true), golden.TableRow(network, field, sample, network.Parameters.Gradients));
        }

        Assert.Contains(golden.Tensors.Keys, tensor => golden.Gradient(tensor).Any(value => Math.Abs(value) > 1e-3));
    }

    private static void Check(string what, double[] expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= 1e-5 * Math.Max(1, Math.Abs(expected[i])), $"{what}, number {i}: {actual[i]}, torch {expected[i]}");
    }

    private static void Fill(GoldenModel golden, int row, SideLayout layout, Span<float> vector)
    {
        foreach (FieldSlot slot in layout.Slots)
        {
            double[] numbers = golden.Row(row, slot.Field, gradient: false);
            for (int i = 0; i < slot.Dim; i++)
                vector[slot.EmbeddingOffset + i] = (float)numbers[i];
            if (slot.LinearOffset >= 0)
                vector[slot.LinearOffset] = (float)numbers[^1];
        }
    }
}
