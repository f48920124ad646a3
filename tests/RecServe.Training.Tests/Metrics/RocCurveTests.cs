using RecServe.Training.Metrics;

namespace RecServe.Training.Tests.Metrics;

public sealed class RocCurveTests
{
    [Theory]
    [InlineData(2, 1, false)]
    [InlineData(7, 3, false)]
    [InlineData(17, 1000, true)]
    [InlineData(400, 9, true)]
    [InlineData(400, 1000, false)]
    public void Auc_equals_the_share_of_ordered_pairs(int samples, int levels, bool weighted)
    {
        var random = new SeededRandom((ulong)samples);
        (float[] scores, float[] labels, float[] weights, _) = Draw(random, samples, levels, weighted);

        Assert.Equal(BruteForce(scores, labels, weights, Enumerable.Range(0, samples)), RocCurve.Auc(scores, labels, weights), 1e-12);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void GroupedAuc_equals_the_weighted_mean_over_users_with_both_classes(bool weighted)
    {
        (float[] scores, float[] labels, float[] weights, int[] users) = Draw(new SeededRandom(3), 300, 20, weighted);
        double sum = 0, total = 0;
        foreach (var user in Enumerable.Range(0, 300).GroupBy(i => users[i]))
        {
            if (user.Select(i => labels[i]).Distinct().Count() < 2)
                continue;
            double weight = user.Sum(i => weighted ? weights[i] : 1.0);
            sum += weight * BruteForce(scores, labels, weights, user);
            total += weight;
        }

        Assert.Equal(sum / total, RocCurve.GroupedAuc(scores, labels, weights, users), 1e-12);
    }

    [Fact]
    public void Auc_of_one_class_or_of_scores_that_are_no_numbers_is_undefined()
    {
        Assert.Equal(double.NaN, RocCurve.Auc([1, 2], [1, 1], []));
        Assert.Equal(double.NaN, RocCurve.Auc([1, float.NaN], [1, 0], []));
        Assert.Equal(double.NaN, RocCurve.GroupedAuc([1, 2], [1, 0], [], []));
        Assert.Equal(double.NaN, RocCurve.GroupedAuc([1, 2], [1, 0], [], [4, 5]));
    }

    private static (float[] Scores, float[] Labels, float[] Weights, int[] Users) Draw(SeededRandom random, int samples, int levels, bool weighted)
    {
        float[] labels = [.. Enumerable.Range(0, samples).Select(i => i == 0 ? 1f : i == 1 ? 0f : random.NextInt(3) == 0 ? 1f : 0f)];
        return ([.. labels.Select(label => (random.NextInt(levels) / (float)levels) + (label * 0.2f))], labels,
            weighted ? [.. labels.Select(_ => (float)random.NextDouble() + 0.1f)] : [], [.. labels.Select(_ => random.NextInt(40))]);
    }

    private static double BruteForce(float[] scores, float[] labels, float[] weights, IEnumerable<int> among)
    {
        int[] samples = [.. among];
        double won = 0, pairs = 0;
        foreach (int p in samples.Where(i => labels[i] == 1))
        {
            foreach (int n in samples.Where(i => labels[i] == 0))
            {
                double weight = weights.Length == 0 ? 1 : (double)weights[p] * weights[n];
                won += weight * (scores[p] > scores[n] ? 1 : scores[p] == scores[n] ? 0.5 : 0);
                pairs += weight;
            }
        }

        return won / pairs;
    }
}
