using RecServe.Artifacts;
using RecServe.Training.Data;

namespace RecServe.Training.Metrics;

/// <summary>Figures of one task, over the samples whose label is known.</summary>
/// <param name="Name">Name of the task.</param>
/// <param name="Metrics">Its figures.</param>
public sealed record TaskMetrics(string Name, EvaluationMetrics Metrics)
{
    /// <summary>Figures of each task.</summary>
    /// <param name="tasks">The tasks; empty where there is one label.</param>
    /// <param name="data">The samples.</param>
    /// <param name="logits">Logits of the first task's samples, then of the next.</param>
    public static TaskMetrics[] Of(IReadOnlyList<PackageTask> tasks, Dataset data, ReadOnlySpan<float> logits)
    {
        if (tasks.Count <= 1)
            return [new TaskMetrics(tasks.Count == 0 ? "label" : tasks[0].Name, EvaluationMetrics.Compute(logits, data.Labels, data.Weights, data.Users))];
        var all = new TaskMetrics[tasks.Count];
        for (int task = 0; task < all.Length; task++)
        {
            ReadOnlySpan<float> scores = logits.Slice(task * data.Samples, data.Samples);
            float[] labels = data.LabelsOf(task);
            int[] known = [.. Enumerable.Range(0, data.Samples).Where(sample => !float.IsNaN(labels[sample]))];
            all[task] = new TaskMetrics(tasks[task].Name, EvaluationMetrics.Compute(
                Chosen(scores, known), Chosen(labels, known), data.Weights is null ? [] : Chosen(data.Weights, known), data.Users is null ? [] : Chosen<int>(data.Users, known)));
        }

        return all;
    }

    /// <summary>Means over the tasks; the rows are those of the task that has most.</summary>
    public static EvaluationMetrics Mean(IReadOnlyList<TaskMetrics> tasks) => tasks.Count == 1 ? tasks[0].Metrics : new EvaluationMetrics(
        tasks.Average(task => task.Metrics.Auc), tasks.Average(task => task.Metrics.LogLoss), tasks.Average(task => task.Metrics.Gauc),
        tasks.Average(task => task.Metrics.CalibrationError), tasks.Max(task => task.Metrics.Rows));

    private static T[] Chosen<T>(ReadOnlySpan<T> values, int[] samples)
    {
        var chosen = new T[samples.Length];
        for (int i = 0; i < chosen.Length; i++)
            chosen[i] = values[samples[i]];
        return chosen;
    }
}
