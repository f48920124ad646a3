using System.Numerics;

namespace RecServe.Embeddings;

/// <summary>
/// Memory of one request's gathers, reused from request to request: rows before pooling, a set that counts each key once, and the batch of rows that
/// process memory lacks. Grows to the largest request, then allocates nothing. Not thread-safe.
/// </summary>
public sealed class GatherScratch
{
    private ulong[] _keys = new ulong[64];
    private int[] _stamps = new int[64], _entries = new int[64];
    private float[] _values = [];
    private bool[] _found = [];
    private int _stamp, _used;
    private int _shift = 64 - 6;

    /// <summary>The request's rows that process memory lacks.</summary>
    public TierBatch Missing { get; } = new();

    /// <summary>Bytes of the buffers.</summary>
    public long Bytes => (_keys.Length * 16L) + (_values.Length * 4L) + _found.Length + Missing.Bytes;

    /// <summary>Starts a request.</summary>
    public void Begin()
    {
        Missing.Clear();
        _used = 0;
    }

    /// <summary>Position of a row in <see cref="Missing"/>, or -1: for the few rows that are explained.</summary>
    public int IndexOf(TableId table, ulong key)
    {
        for (int i = 0; i < Missing.Count; i++)
        {
            if (Missing.Key(i) == key && Missing.Table(i) == table)
                return i;
        }

        return -1;
    }

    /// <summary>Starts a table: an empty set for up to <paramref name="keys"/> keys. A new stamp makes all entries old, so nothing is cleared.</summary>
    internal void BeginTable(int keys)
    {
        int slots = (int)Math.Min(1 << 30, BitOperations.RoundUpToPowerOf2((ulong)keys * 2));
        if (slots > _keys.Length)
        {
            (_keys, _stamps, _entries) = (new ulong[slots], new int[slots], new int[slots]);
            _shift = 64 - BitOperations.Log2((uint)slots);
            _stamp = 0;
        }

        if (_stamp == int.MaxValue)
        {
            Array.Clear(_stamps);
            _stamp = 0;
        }

        _stamp++;
    }

    /// <summary>Adds a key to the table's set; whether it was new in it. The number beside the key is the caller's to set when it was.</summary>
    internal bool Add(ulong key, out Span<int> entry)
    {
        ulong[] keys = _keys;
        int[] stamps = _stamps;

        // Keys of one field may be small consecutive numbers (hash buckets): the multiplication spreads them over the top bits.
        for (int slot = (int)((key * 0x9E3779B97F4A7C15) >> _shift); ; slot = (slot + 1) & (keys.Length - 1))
        {
            entry = _entries.AsSpan(slot, 1);
            if (stamps[slot] != _stamp)
            {
                stamps[slot] = _stamp;
                keys[slot] = key;
                return true;
            }

            if (keys[slot] == key)
                return false;
        }
    }

    /// <summary>Room for the rows of a table behind those that are kept.</summary>
    internal Span<float> Values(int count)
    {
        if (_values.Length - _used < count)
            Array.Resize(ref _values, Math.Max(_used + count, 2 * _values.Length));
        return _values.AsSpan(_used, count);
    }

    /// <summary>Keeps what <see cref="Values"/> gave until the request ends; gives its place for <see cref="Kept"/>.</summary>
    internal int Keep(int count)
    {
        int place = _used;
        _used += count;
        return place;
    }

    /// <summary>Rows that were kept.</summary>
    internal Span<float> Kept(int place, int count) => _values.AsSpan(place, count);

    /// <summary>A flag for each key of the table at hand; the content is undefined.</summary>
    internal Span<bool> Found(int count)
    {
        if (_found.Length < count)
            _found = new bool[Math.Max(count, 2 * _found.Length)];
        return _found.AsSpan(0, count);
    }
}
