namespace RecServe.Training;

/// <summary>Where a training run stands.</summary>
/// <param name="Epoch">Epoch under way, from 1.</param>
/// <param name="Epochs">Most epochs there can be; early stopping ends most runs sooner.</param>
/// <param name="Samples">Samples of this epoch that are done.</param>
/// <param name="SamplesPerEpoch">Samples of an epoch.</param>
/// <param name="SamplesPerSecond">Speed of this epoch so far; 0 at its very start.</param>
/// <param name="EpochTimeLeft">Time until the end of this epoch at that speed.</param>
/// <param name="LearningRate">Adam's step size now.</param>
/// <param name="LastValidAuc">Validation AUC after the last epoch; null in the first.</param>
/// <param name="BestValidAuc">Best validation AUC so far; null in the first epoch.</param>
public readonly record struct TrainingProgress(
    int Epoch, int Epochs, int Samples, int SamplesPerEpoch, double SamplesPerSecond, TimeSpan EpochTimeLeft, double LearningRate,
    double? LastValidAuc, double? BestValidAuc);
