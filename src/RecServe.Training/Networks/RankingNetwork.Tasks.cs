using RecServe.Artifacts;
using RecServe.Training.Data;
using RecServe.Training.Metrics;

namespace RecServe.Training.Networks;

public sealed partial class RankingNetwork
{
    private readonly ITaskNetwork? _tasks;
    private readonly SparseNetwork? _sparse;
    private readonly double[] _taskScales = [];
    private readonly Action<int> _forwardTasks, _backwardTasks;
    private long _networkRows;

    /// <summary>The threshold of top-p; null for models without sparse experts.</summary>
    internal RoutingThreshold? Threshold { get; }

    /// <summary>The dense part as a package states it, with the threshold as it is now.</summary>
    /// <param name="model">Kind that the network was made for.</param>
    internal ModelArchitecture Architecture(ModelKind model)
    {
        ModelArchitecture architecture = Shape.ToArchitecture(model);
        return Threshold is { Target: > 0 } ? architecture with { Sparse = architecture.Sparse! with { TopP = Threshold.Value } } : architecture;
    }

    /// <summary>Networks of sparse experts that a row of a layer takes on average.</summary>
    /// <param name="data">The samples.</param>
    internal double AverageExperts(Dataset data)
    {
        Evaluate(data, new float[data.Samples * Shape.Outputs]);
        return (double)_networkRows / ((long)data.Samples * Shape.Sparse!.Layers);
    }

    /// <summary>Where the threshold has a target, finds by halving the one at which rows take as many networks on average.</summary>
    /// <param name="data">The samples.</param>
    /// <returns>What they take on average; null where there is no target.</returns>
    internal double? FitThreshold(Dataset data)
    {
        if (Threshold is not { Target: > 0 })
            return null;
        (float low, float high) = (RoutingThreshold.Least, RoutingThreshold.Most);
        for (double average = AverageExperts(data); ; average = AverageExperts(data))
        {
            if (Math.Abs(average - Threshold.Target) < 0.002 * Threshold.Target || high - low < 1e-5f)
                return average;
            (low, high) = average < Threshold.Target ? (Threshold.Value, high) : (low, Threshold.Value);
            Threshold.Value = (low + high) / 2;
        }
    }

    private double TaskStep(ulong key)
    {
        int blocks = _blocks.Of(_batch.Count);
        for (int task = 0; task < _taskScales.Length; task++)
            _taskScales[task] = TaskScale(task);
        _tasks!.Prepare(key);
        _team.Run(blocks, _forwardTasks);
        double loss = _tasks.Join(blocks, _batch.Count);
        _team.Run(blocks, _backwardTasks);
        _team.Run(Shape.Fields.Count, _scatter);
        _dense.Sum(_team, blocks);
        for (int b = 0; b < blocks; b++)
            loss += _losses[b];
        return loss;
    }

    // A task's loss is the mean over the samples whose label is known.
    private double TaskScale(int task)
    {
        float[] labels = _batch.Data.LabelsOf(task);
        double weights = 0;
        for (int r = 0; r < _batch.Count; r++)
        {
            if (!float.IsNaN(labels[_batch[r]]))
                weights += _batch.Data.Weights?[_batch[r]] ?? 1;
        }

        return weights > 0 ? (Shape.LossWeights.Count > 0 ? Shape.LossWeights[task] : 1) / weights : 0;
    }

    private void ForwardTasks(int block)
    {
        (int from, int to) = _blocks.Rows(block, _batch.Count);
        _embeddings.Gather(_batch, from, to, _inputs, _linear);
        _tasks!.Forward(block, from, to, training: true);
    }

    private void BackwardTasks(int block)
    {
        (int from, int to) = _blocks.Rows(block, _batch.Count);
        double loss = 0;
        for (int task = 0; task < _taskScales.Length; task++)
        {
            float[] labels = _batch.Data.LabelsOf(task), logits = _tasks!.Logits[task], gradients = _tasks.LogitGradients[task];
            for (int r = from; r < to; r++)
            {
                float label = labels[_batch[r]];
                double weight = float.IsNaN(label) ? 0 : (_batch.Data.Weights?[_batch[r]] ?? 1) * _taskScales[task];
                if (weight > 0)
                    loss += weight * Probabilities.CrossEntropy(logits[r], label);
                gradients[r] = weight > 0 ? (float)(weight * (Probabilities.Sigmoid(logits[r]) - label)) : 0;
            }
        }

        _losses[block] = loss;
        _tasks!.Backward(_inputGradient, _dense, block, from, to);
    }

    private void EvaluateTasks(int block)
    {
        (int from, int to) = _blocks.Rows(block, _batch.Count);
        _embeddings.Gather(_batch, from, to, _inputs, _linear);
        _tasks!.Forward(block, from, to, training: false);
    }
}
