using System.Text;

namespace RecServe.Features;

/// <summary>
/// Encoded field values of known entities (items, or users), so that a request needs their ids alone. Immutable and thread-safe.
/// Row r of field column c owns entries [Offsets[r], Offsets[r+1]) of its keys and weights.
/// </summary>
public sealed class EntityCatalog
{
    private readonly Dictionary<ulong, int> _rows;
    private readonly byte[] _idBytes;
    private readonly int[] _idOffsets;

    /// <summary>Makes a catalog over arrays that are then owned by it.</summary>
    /// <param name="idBytes">UTF-8 bytes of all ids, one after another.</param>
    /// <param name="idOffsets">Count + 1 offsets into <paramref name="idBytes"/>.</param>
    /// <param name="columns">One column a field.</param>
    /// <exception cref="ArgumentException">Two ids are equal, or (never seen) two differ but hash alike.</exception>
    public EntityCatalog(byte[] idBytes, int[] idOffsets, IReadOnlyList<EntityColumn> columns)
    {
        _idBytes = idBytes;
        _idOffsets = idOffsets;
        Columns = columns;
        _rows = new Dictionary<ulong, int>(idOffsets.Length - 1);
        for (int row = 0; row < Count; row++)
        {
            if (!_rows.TryAdd(RowKey.Hash64(IdOf(row)), row))
                throw new ArgumentException($"id '{Encoding.UTF8.GetString(IdOf(row))}' stands twice in the catalog (rows {_rows[RowKey.Hash64(IdOf(row))]} and {row})");
        }
    }

    /// <summary>Number of entities.</summary>
    public int Count => _idOffsets.Length - 1;

    /// <summary>The fields held, in the order of the package's field list.</summary>
    public IReadOnlyList<EntityColumn> Columns { get; }

    /// <summary>UTF-8 id of a row.</summary>
    public ReadOnlySpan<byte> IdOf(int row) => _idBytes.AsSpan(_idOffsets[row], _idOffsets[row + 1] - _idOffsets[row]);

    /// <summary>Row of an id, or −1.</summary>
    public int Find(ReadOnlySpan<byte> id) =>
        _rows.TryGetValue(RowKey.Hash64(id), out int row) && IdOf(row).SequenceEqual(id) ? row : -1;
}
