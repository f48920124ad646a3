using RecServe.Artifacts;

namespace RecServe.Ranking.Tests;

public class TaskScorerTests
{
    private static readonly ExpertArchitecture Experts = new() { Shared = 4, Widths = [24, 12], Tower = [8] };

    [Theory]
    [InlineData(1, 7)]
    [InlineData(2, 600)]
    [InlineData(3, 253)]
    public void Score_writes_the_ranking_then_each_task(int tasks, int count)
    {
        ModelPackage package = TaskModel.Create("mmoe", [4, 4], [4], tasks, Experts, 11);
        ISharedScorer scorer = ScorerFactory.Create(package);
        Assert.Equal(tasks == 1 ? 1 : tasks + 1, scorer.Outputs);
        var random = new Random(5);
        float[] Draw(int length) => [.. Enumerable.Range(0, length).Select(_ => (random.NextSingle() * 2) - 1)];
        float[] user = Draw(8), items = Draw(count * 4);
        var reference = new ReferenceModel(package);
        foreach (IScorer one in (IScorer[])[scorer, new PlainScorer(scorer), new KeptUsers(scorer, 1 << 20), new KeptUsers(scorer, 0)])
        {
            float[] scratch = new float[one.ScratchFloats(count)], logits = new float[count * one.Outputs];
            for (int round = 0; round < 2; round++)
            {
                Array.Fill(scratch, float.NaN);
                one.Score(new RankBatch(user, items, count), scratch, logits);
                for (int r = 0; r < count; r += 1 + (count / 50))
                {
                    double[] expected = reference.TaskLogits([[.. user[..4]], [.. user[4..].Select(x => (double)x)], [.. items.AsSpan(r * 4, 4).ToArray().Select(x => (double)x)]]);
                    Assert.Equal(reference.RankLogit(expected), logits[r * one.Outputs], 1e-4);
                    for (int t = 0; t < tasks && tasks > 1; t++)
                        Assert.Equal(expected[t], logits[(r * one.Outputs) + 1 + t], 1e-4);
                }
            }
        }
    }

    [Fact]
    public void Experts_that_rows_choose_are_counted_score_alike_with_kept_items_and_allocate_nothing()
    {
        ModelPackage package = TaskModel.Create("mmoe", [4, 4], [4], 2, Experts with { TopK = 2 }, 11);
        ISharedScorer exact = ScorerFactory.Create(package), kept = ScorerFactory.Create(package, new KeptItems(1 << 20));
        float[] user = new float[8], items = [.. Enumerable.Range(0, 600).SelectMany(i => new float[] { i % 13 / 7f, i % 5 / 3f, i % 7 / 9f, i % 11 / 4f })];
        float[] one = new float[600 * 3], other = new float[600 * 3], scratch = new float[Math.Max(exact.ScratchFloats(600), kept.ScratchFloats(600))];
        for (int round = 0; round < 3; round++)
        {
            exact.Score(new RankBatch(user, items, 600), scratch, one);
            Array.Fill(scratch, float.NaN);
            kept.Score(new RankBatch(user, items, 600), scratch, other);
            Assert.Equal(one, other, (a, b) => Math.Abs(a - b) < 1e-3);
        }

        var loads = (IExpertLoads)exact;
        Assert.Equal(1800, loads.LayerRows);
        Assert.InRange(loads.ExpertRows.Sum(), 2 * 1800, 4 * 1800);
        Assert.Equal(0, Allocations.Least(() => exact.Score(new RankBatch(user, items, 600), scratch, one)));
        Assert.Equal(0, Allocations.Least(() => kept.Score(new RankBatch(user, items, 600), scratch, other)));
    }

    [Theory]
    [InlineData(new double[] { 0, 2, 0 }, new float[] { 5, -3, 1 }, -3)]
    [InlineData(new double[] { 1, 1 }, new float[] { 60, 60 }, 60)]
    [InlineData(new double[] { 1, 1 }, new float[] { -60, -60 }, -60)]
    [InlineData(new double[] { 3, 1 }, new float[] { 0, 0 }, 0)]
    public void Ranking_is_the_logit_of_the_weighted_mean_of_probabilities(double[] weights, float[] logits, float expected)
    {
        float[] outputs = [float.NaN, .. logits];
        new TaskRanking([.. weights.Select((weight, t) => new PackageTask($"t{t}", weight))]).Apply(outputs, 1);
        Assert.Equal(expected, outputs[0], 1e-3);
    }

    [Fact]
    public void Ranking_of_a_logit_that_is_not_finite_is_not_finite()
    {
        float[] outputs = [0, float.NaN, 1];
        new TaskRanking([new PackageTask("a", 1), new PackageTask("b", 1)]).Apply(outputs, 1);
        Assert.True(float.IsNaN(outputs[0]));
    }

    [Fact]
    public void Explanations_sum_to_the_difference_of_the_ranking()
    {
        ModelPackage package = TaskModel.Create("ple", [4, 3], [4, 2, 5, 3, 4, 4], 2, Experts with { Specific = 1, Layers = 2 }, 12);
        IScorer scorer = ScorerFactory.Create(package);
        var explainer = new Explainer(scorer, package.Tables, package.Architecture, new ExplainOptions());
        var random = new Random(6);
        float[] user = [.. Enumerable.Range(0, 7).Select(_ => random.NextSingle())], item = [.. Enumerable.Range(0, 22).Select(_ => random.NextSingle())];
        Explanation explanation = explainer.Explain(user, item);
        float[] logits = new float[3];
        scorer.ScoreRows(user, item, 1, new float[scorer.ScratchFloats(1)], logits);
        Assert.Equal(logits[0], explanation.Logit, 1e-5);
        Assert.Equal(explanation.Logit - explanation.BaseLogit, explanation.Contributions.Sum(), 1e-5);
    }

    [Fact]
    public void Score_allocates_nothing()
    {
        ModelPackage package = TaskModel.Create("ple", [8, 8], [8], 2, Experts with { Specific = 1, Layers = 2 }, 13);
        IScorer scorer = ScorerFactory.Create(package);
        float[] user = new float[16], items = new float[2000 * 8], scratch = new float[scorer.ScratchFloats(2000)], logits = new float[2000 * 3];
        Assert.Equal(0, Allocations.Least(() => scorer.Score(new RankBatch(user, items, 2000), scratch, logits)));
    }
}
