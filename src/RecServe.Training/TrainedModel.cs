using RecServe.Artifacts;
using RecServe.Training.Metrics;

namespace RecServe.Training;

/// <summary>What a training run gave.</summary>
/// <param name="Package">The package of the best epoch.</param>
/// <param name="Valid">Figures of the validation samples in that epoch; with several tasks their means.</param>
/// <param name="Test">Figures of the test samples; with several tasks their means.</param>
/// <param name="Parameters">Trainable parameters.</param>
/// <param name="Epochs">Every epoch that was finished.</param>
/// <param name="BestEpoch">Number of the best epoch; 0 where none was finished.</param>
/// <param name="Interrupted">Whether training was cancelled before it ended by itself.</param>
public sealed record TrainedModel(
    ModelPackage Package, EvaluationMetrics Valid, EvaluationMetrics Test, long Parameters, IReadOnlyList<EpochResult> Epochs, int BestEpoch,
    bool Interrupted)
{
    /// <summary>Figures of the test samples by task; empty where there is one.</summary>
    public IReadOnlyList<TaskMetrics> Tasks { get; init; } = [];

    /// <summary>Figures of the validation samples by task; empty where there is one.</summary>
    public IReadOnlyList<TaskMetrics> ValidTasks { get; init; } = [];
}
