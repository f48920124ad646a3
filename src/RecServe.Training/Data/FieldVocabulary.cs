using RecServe.Features;

namespace RecServe.Training.Data;

/// <summary>The rows of one field's table: row r is the row of key Keys[r]. Immutable and thread-safe.</summary>
public sealed class FieldVocabulary
{
    private readonly Dictionary<ulong, int> _rows;

    /// <summary>Makes a vocabulary from strictly ascending keys.</summary>
    public FieldVocabulary(ulong[] keys)
    {
        Keys = keys;
        _rows = new Dictionary<ulong, int>(keys.Length);
        for (int row = 0; row < keys.Length; row++)
        {
            if (row > 0 && keys[row] <= keys[row - 1])
                throw new ArgumentException($"keys must ascend strictly: key {row} is {keys[row]}, the one before it {keys[row - 1]}", nameof(keys));
            _rows.Add(keys[row], row);
        }

        UnknownRow = keys.AsSpan().BinarySearch(RowKey.Unknown) is var at && at >= 0 ? at : -1;
    }

    /// <summary>Row keys, strictly ascending.</summary>
    public ulong[] Keys { get; }

    /// <summary>Row of <see cref="RowKey.Unknown"/>, or −1 where the training data had nothing to learn it from.</summary>
    public int UnknownRow { get; }

    /// <summary>Row of a key; the unknown row where there is one, else −1 (the table's default row), for a key without a row of its own.</summary>
    public int RowOf(ulong key) => _rows.TryGetValue(key, out int row) ? row : key == RowKey.Missing ? -1 : UnknownRow;
}
