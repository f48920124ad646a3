namespace RecServe.Training.Data;

/// <summary>
/// Reads a data file record by record as named columns of UTF-8 text. Unusable records go to <see cref="BadLines"/> and are passed over.
/// A cell is valid until the next read.
/// </summary>
internal abstract class RecordReader : IDisposable
{
    /// <summary>The file, as the user named it.</summary>
    public abstract string Path { get; }

    /// <summary>Column names in order.</summary>
    public abstract IReadOnlyList<string> Columns { get; }

    /// <summary>Line on which the record begins, from 1.</summary>
    public abstract long Line { get; }

    /// <summary>Where unusable records go.</summary>
    public abstract BadLines Bad { get; }

    /// <summary>Bytes read and the file's size.</summary>
    public abstract (long Read, long Total) Bytes { get; }

    /// <summary>Text of a column of the current record; empty where it has none.</summary>
    public abstract ReadOnlySpan<byte> this[int column] { get; }

    /// <summary>Moves to the next usable record.</summary>
    public abstract bool Read();

    /// <summary>Index of a column, or −1.</summary>
    public int IndexOf(string column)
    {
        for (int i = 0; i < Columns.Count; i++)
        {
            if (Columns[i] == column)
                return i;
        }

        return -1;
    }

    /// <inheritdoc/>
    public abstract void Dispose();
}
