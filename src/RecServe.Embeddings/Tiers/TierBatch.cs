using System.Runtime.InteropServices;
using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>
/// The rows of one request that process memory does not hold, of all its tables, on their way down the tiers: each tier looks at the entries that are
/// not found yet and fills in those it has. Reused from request to request; not thread-safe.
/// </summary>
public sealed class TierBatch
{
    private readonly List<Entry> _entries = [];
    private byte[] _rows = [];
    private int _used;

    /// <summary>Entries.</summary>
    public int Count => _entries.Count;

    /// <summary>Entries that no tier has found yet.</summary>
    public int Missing { get; private set; }

    /// <summary>Name of a tier that could not be asked, or not for all entries; rows that it may have are answered by the default row. Null if all went well.</summary>
    public string? Fault { get; set; }

    /// <summary>Bytes of the buffers.</summary>
    public long Bytes => _rows.Length + ((long)_entries.Capacity * Marshal.SizeOf<Entry>());

    /// <summary>Empties the batch.</summary>
    public void Clear()
    {
        _entries.Clear();
        (_used, Missing, Fault) = (0, 0, null);
    }

    /// <summary>Adds a key to find and gives its index. A key of a table is added once.</summary>
    /// <param name="table">Whose row.</param>
    /// <param name="key">Row key.</param>
    /// <param name="stamp">What the hot rows gave for the key before the look-up: a row found now is promoted only if no update came between.</param>
    public int Add(TableId table, ulong key, long stamp)
    {
        _entries.Add(new Entry { Table = table, Key = key, Stamp = stamp });
        Missing++;
        return _entries.Count - 1;
    }

    /// <summary>Table of an entry.</summary>
    public TableId Table(int index) => At(index).Table;

    /// <summary>Row key of an entry.</summary>
    public ulong Key(int index) => At(index).Key;

    /// <summary>Stamp of an entry.</summary>
    public long Stamp(int index) => At(index).Stamp;

    /// <summary>Where an entry was found.</summary>
    public RowTier Tier(int index) => At(index).Tier;

    /// <summary>Version of a found row.</summary>
    public ulong Version(int index) => At(index).Version;

    /// <summary>How a found row is stored.</summary>
    public RowPrecision Precision(int index) => At(index).Precision;

    /// <summary>Whether the key's deletion was found: no tier below is asked, and the default row answers.</summary>
    public bool IsDeleted(int index) => At(index).IsDeleted;

    /// <summary>The encoded bytes of a found row; valid until the next <see cref="Found"/> or <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Row(int index) => _rows.AsSpan(At(index).Start, At(index).Length);

    /// <summary>Fills in a row.</summary>
    public void Found(int index, RowTier tier, ulong version, RowPrecision precision, ReadOnlySpan<byte> row)
    {
        ref Entry entry = ref Take(index);
        (entry.Tier, entry.Version, entry.Precision, entry.Start, entry.Length) = (tier, version, precision, _used, row.Length);
        if (_rows.Length - _used < row.Length)
            Array.Resize(ref _rows, Math.Max(4096, 2 * (_used + row.Length)));
        row.CopyTo(_rows.AsSpan(_used));
        _used += row.Length;
    }

    /// <summary>Fills in that the key was deleted.</summary>
    public void FoundDeleted(int index, ulong version)
    {
        ref Entry entry = ref Take(index);
        (entry.IsDeleted, entry.Version) = (true, version);
    }

    private ref Entry Take(int index)
    {
        ref Entry entry = ref At(index);
        if (entry.Tier != RowTier.None || entry.IsDeleted)
            throw new InvalidOperationException($"entry {index} was found before");
        Missing--;
        return ref entry;
    }

    private ref Entry At(int index) => ref CollectionsMarshal.AsSpan(_entries)[index];

    private struct Entry
    {
        public TableId Table;
        public ulong Key, Version;
        public long Stamp;
        public int Start, Length;
        public RowTier Tier;
        public RowPrecision Precision;
        public bool IsDeleted;
    }
}
