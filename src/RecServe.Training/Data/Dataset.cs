namespace RecServe.Training.Data;

/// <summary>Samples in memory, encoded for training or evaluation: 4 bytes a sample and field for single-valued fields.</summary>
/// <param name="Labels">0 or 1 for each sample; with several tasks, of the first.</param>
/// <param name="Weights">Example weights, or null where all are 1.</param>
/// <param name="Users">Dense index of each sample's user (for GAUC), or null where the data names none.</param>
/// <param name="Columns">One column a field, in model order.</param>
public sealed record Dataset(float[] Labels, float[]? Weights, int[]? Users, IReadOnlyList<DatasetColumn> Columns)
{
    /// <summary>Labels of the tasks after the first, NaN where a sample's is not known; empty where there is one task.</summary>
    public IReadOnlyList<float[]> FurtherLabels { get; init; } = [];

    /// <summary>Number of tasks.</summary>
    public int Tasks => 1 + FurtherLabels.Count;

    /// <summary>Number of samples.</summary>
    public int Samples => Labels.Length;

    /// <summary>Labels of a task.</summary>
    public float[] LabelsOf(int task) => task == 0 ? Labels : FurtherLabels[task - 1];
}
