namespace RecServe.Training.Networks;

/// <summary>
/// How a batch is cut into pieces of rows, one piece a task. It depends on the batch size alone, so that sums over rows are taken in one
/// order whatever the number of threads. Eight pieces: each holds its own dense gradient, and more would cost more memory traffic than
/// they gain below 16 cores.
/// </summary>
internal sealed class RowBlocks
{
    private const int Pieces = 8, MinRows = 64;
    private readonly int _rows;

    /// <summary>Plans for batches of at most <paramref name="batchSize"/> rows.</summary>
    public RowBlocks(int batchSize)
    {
        _rows = Math.Max(MinRows, (batchSize + Pieces - 1) / Pieces);
        Most = (batchSize + _rows - 1) / _rows;
    }

    /// <summary>Most pieces of a batch.</summary>
    public int Most { get; }

    /// <summary>Pieces of a batch of <paramref name="count"/> rows.</summary>
    public int Of(int count) => (count + _rows - 1) / _rows;

    /// <summary>First row and one past the last row of a piece.</summary>
    public (int From, int To) Rows(int task, int count) => (task * _rows, Math.Min(count, (task + 1) * _rows));
}
