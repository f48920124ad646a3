using RecServe.Compression.Measures;
using RecServe.Training;
using RecServe.Training.Metrics;

namespace RecServe.Compression.Tests;

public sealed class PairedAucTests
{
    [Theory]
    [InlineData(1), InlineData(2), InlineData(3)]
    public void Of_equals_the_pairwise_definition(ulong seed)
    {
        var random = new SeededRandom(seed);
        float[] labels = [.. Enumerable.Range(0, 91).Select(_ => random.NextInt(3) == 0 ? 1f : 0f)];
        float[] a = [.. labels.Select(label => MathF.Round((float)(random.NextGaussian() + label), 1))], b = [.. a.Select(x => MathF.Round(x + (float)(0.3 * random.NextGaussian()), 1))];
        PairedAuc paired = PairedAuc.Of(a, b, labels);
        Assert.Equal(RocCurve.Auc(a, labels, []) - RocCurve.Auc(b, labels, []), paired.Drop, 12);

        int[] positives = [.. Enumerable.Range(0, 91).Where(i => labels[i] > 0)], negatives = [.. Enumerable.Range(0, 91).Where(i => labels[i] == 0)];
        double Win(float[] s, int p, int n) => s[p] > s[n] ? 1 : s[p] == s[n] ? 0.5 : 0;
        double[] overPositives = [.. positives.Select(p => negatives.Average(n => Win(a, p, n) - Win(b, p, n)))];
        double[] overNegatives = [.. negatives.Select(n => positives.Average(p => Win(a, p, n) - Win(b, p, n)))];
        double Variance(double[] x) => x.Sum(v => (v - x.Average()) * (v - x.Average())) / (x.Length - 1) / x.Length;
        Assert.Equal(Math.Sqrt(Variance(overPositives) + Variance(overNegatives)), paired.StandardError, 12);
        Assert.Equal(paired.Drop + (1.645 * paired.StandardError), paired.UpperBound, 12);
    }

    [Fact]
    public void Of_equal_scores_is_zero_without_error() => Assert.Equal(new PairedAuc(0, 0), PairedAuc.Of([1, 2, 3], [1, 2, 3], [0, 1, 1]));

    [Fact]
    public void Of_a_score_that_is_no_number_is_refused() => Assert.Throws<ArgumentException>(() => PairedAuc.Of([1, float.NaN], [1, 2], [0, 1]));
}
