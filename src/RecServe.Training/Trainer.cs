using RecServe.Training.Data;
using RecServe.Training.Networks;

namespace RecServe.Training;

/// <summary>Trains a model: the entry point of this project.</summary>
public static class Trainer
{
    /// <summary>Trains until the validation AUC has stopped rising, takes the best epoch, measures it on the test samples and packages it.</summary>
    /// <param name="data">The samples.</param>
    /// <param name="options">Model and hyper-parameters.</param>
    /// <param name="progress">Told at most a few times a second; may be null.</param>
    /// <param name="cancellation">Ends training early: the best epoch so far is packaged (the state as it is where none was finished).</param>
    /// <exception cref="TrainingException">The data cannot be trained on, or the loss left the range of numbers.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the first step.</exception>
    public static TrainedModel Train(TrainingData data, TrainingOptions options, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default) => Train(data, options, progress, TimeProvider.System, cancellation);

    /// <summary>As the other overload, with the clock that speed and time left are measured by.</summary>
    public static TrainedModel Train(TrainingData data, TrainingOptions options, IProgress<TrainingProgress>? progress, TimeProvider time,
        CancellationToken cancellation)
    {
        TrainingDataChecks.Check(data);
        cancellation.ThrowIfCancellationRequested();
        using var team = new ThreadTeam(options.Threads);
        return new TrainingRun(data, options, team, new EpochClock(progress, time)).Execute(cancellation);
    }
}
