namespace RecServe.Training;

/// <summary>
/// When the learning rate drops and when training ends, as FuxiCTR decides it: an epoch whose validation AUC is not better than the best
/// by more than 1e-6 divides the rate and counts; as many such epochs in a row as the patience end training.
/// </summary>
public sealed class PlateauSchedule(TrainingOptions options)
{
    /// <summary>An AUC must beat the best one by this to count as better.</summary>
    public const double MinimalGain = 1e-6;

    private int _withoutGain;

    /// <summary>Step size of the next epoch.</summary>
    public double LearningRate { get; private set; } = options.LearningRate;

    /// <summary>Best AUC so far; null before the first epoch.</summary>
    public double? Best { get; private set; }

    /// <summary>Whether training ends.</summary>
    public bool Ended => _withoutGain >= options.Patience;

    /// <summary>Takes the validation AUC of an epoch.</summary>
    /// <returns>Whether it is the best so far.</returns>
    public bool Add(double auc)
    {
        if (Best is { } best && auc < best + MinimalGain)
        {
            _withoutGain++;
            LearningRate = Math.Max(LearningRate * options.LearningRateDecay, options.MinLearningRate);
            return false;
        }

        _withoutGain = 0;
        Best = auc;
        return true;
    }
}
