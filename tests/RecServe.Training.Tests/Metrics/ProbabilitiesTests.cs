using RecServe.Training.Metrics;

namespace RecServe.Training.Tests.Metrics;

public sealed class ProbabilitiesTests
{
    [Fact]
    public void LogLoss_is_the_weighted_mean_of_minus_log_probability()
    {
        double first = -Math.Log(1 / (1 + Math.Exp(-2))), second = -Math.Log(1 - (1 / (1 + Math.Exp(0.5))));

        Assert.Equal((first + second) / 2, Probabilities.LogLoss([2, -0.5f], [1, 0], []), 1e-12);
        Assert.Equal(((3 * first) + second) / 4, Probabilities.LogLoss([2, -0.5f], [1, 0], [3, 1]), 1e-12);
    }

    [Fact]
    public void LogLoss_of_a_certain_mistake_is_the_logit_not_infinity() =>
        Assert.Equal(200, Probabilities.LogLoss([200], [0], []), 1e-9);

    [Fact]
    public void CalibrationError_sums_the_gaps_of_twenty_bins()
    {
        // Probabilities .52 and .54 share a bin: gap |1.06 − 1|; .02 stands alone: gap .02.
        float[] logits = [.. new[] { 0.52, 0.54, 0.02 }.Select(p => (float)Math.Log(p / (1 - p)))];

        Assert.Equal((0.06 + 0.02) / 3, Probabilities.CalibrationError(logits, [1, 0, 0], []), 1e-6);
    }

    [Fact]
    public void CalibrationError_of_perfect_coin_odds_is_small_and_of_wrong_ones_is_their_error()
    {
        var random = new SeededRandom(1);
        float[] logits = [.. Enumerable.Range(0, 200_000).Select(_ => (float)(4 * random.NextDouble()) - 2)];
        float[] fair = [.. logits.Select(x => random.NextDouble() < Probabilities.Sigmoid(x) ? 1f : 0f)];

        Assert.InRange(Probabilities.CalibrationError(logits, fair, []), 0, 0.01);
        Assert.InRange(Probabilities.CalibrationError([.. logits.Select(_ => 0f)], [.. fair.Select(_ => 1f)], []), 0.4999, 0.5001);
    }
}
