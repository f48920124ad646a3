namespace RecServe.Training.Data;

/// <summary>Samples in memory, encoded for training or evaluation: 4 bytes a sample and field for single-valued fields.</summary>
/// <param name="Labels">0 or 1 for each sample.</param>
/// <param name="Weights">Example weights, or null where all are 1.</param>
/// <param name="Users">Dense index of each sample's user (for GAUC), or null where the data names none.</param>
/// <param name="Columns">One column a field, in model order.</param>
public sealed record Dataset(float[] Labels, float[]? Weights, int[]? Users, IReadOnlyList<DatasetColumn> Columns)
{
    /// <summary>Number of samples.</summary>
    public int Samples => Labels.Length;
}
