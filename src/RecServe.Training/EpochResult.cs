namespace RecServe.Training;

/// <summary>What one epoch gave.</summary>
/// <param name="Epoch">Number, from 1.</param>
/// <param name="LearningRate">Adam's step size in it.</param>
/// <param name="TrainLoss">Mean logloss of its training steps (dropout on, no regularization term).</param>
/// <param name="ValidAuc">Validation AUC after it.</param>
/// <param name="ValidLogLoss">Validation logloss after it.</param>
/// <param name="Seconds">Wall time, validation included.</param>
public sealed record EpochResult(int Epoch, double LearningRate, double TrainLoss, double ValidAuc, double ValidLogLoss, double Seconds);
