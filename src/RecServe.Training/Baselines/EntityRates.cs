using RecServe.Training.Data;

namespace RecServe.Training.Baselines;

/// <summary>How often each value of a field occurs in the training samples and how often with a positive label.</summary>
internal sealed class EntityRates
{
    private readonly DatasetColumn _column;
    private readonly double[] _counts, _positives;

    public EntityRates(Dataset train, int field, int rows)
    {
        _column = train.Columns[field];
        _counts = new double[rows];
        _positives = new double[rows];
        for (int s = 0; s < train.Samples; s++)
        {
            _counts[_column.Rows[s]]++;
            _positives[_column.Rows[s]] += train.Labels[s];
        }

        Mean = train.Labels.Average(label => (double)label);
    }

    /// <summary>Share of positives over all samples.</summary>
    public double Mean { get; }

    /// <summary>Training samples of a value; 0 for one that is not among them (row −1).</summary>
    public double Count(int row) => row < 0 ? 0 : _counts[row];

    /// <summary>(positives + weight · overall share) / (samples + weight).</summary>
    public double Rate(int row, double weight) =>
        ((row < 0 ? 0 : _positives[row]) + (weight * Mean)) / (Count(row) + weight);
}
