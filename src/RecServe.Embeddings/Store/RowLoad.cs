using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>
/// The import of a table's package rows, at version 0: a row that an update has already replaced stays as it is. The rows come in the package's order, each time the
/// same; an import that was interrupted goes on from the last checkpoint, and one that was completed imports nothing.
/// </summary>
public abstract class RowLoad
{
    /// <summary>Whether every row is in the store: nothing is to be done.</summary>
    public abstract bool IsComplete { get; }

    /// <summary>Rows, from the first on, that were imported before: the next ones are to be added.</summary>
    public abstract long Rows { get; }

    /// <summary>Adds the next rows.</summary>
    /// <param name="keys">Their keys.</param>
    /// <param name="precision">How they are encoded.</param>
    /// <param name="rows">The encoded rows one after another.</param>
    /// <exception cref="ArgumentException">The lengths do not fit together.</exception>
    /// <exception cref="RowStoreException">The store cannot take rows now; the same rows can be added again.</exception>
    public abstract void Add(ReadOnlySpan<ulong> keys, RowPrecision precision, ReadOnlySpan<byte> rows);

    /// <summary>Says that these were all. The next checkpoint makes it last.</summary>
    public abstract void Complete();
}
