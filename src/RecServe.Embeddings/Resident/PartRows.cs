namespace RecServe.Embeddings;

/// <summary>The rows that a part is built from: keys, versions and where the encoded rows are now.</summary>
internal sealed class PartRows(int capacity)
{
    private ulong[] _keys = new ulong[capacity], _hashes = new ulong[capacity], _versions = new ulong[capacity];
    private nint[] _rows = new nint[capacity];

    /// <summary>Rows held.</summary>
    public int Count { get; private set; }

    /// <summary>Keys; the first <see cref="Count"/> are valid, as below.</summary>
    public ulong[] Keys => _keys;

    /// <summary>Hashes of the keys.</summary>
    public ulong[] Hashes => _hashes;

    /// <summary>Versions of the rows.</summary>
    public ulong[] Versions => _versions;

    /// <summary>Addresses of the encoded rows.</summary>
    public nint[] Rows => _rows;

    /// <summary>Adds a row.</summary>
    public void Add(ulong key, ulong hash, ulong version, nint row)
    {
        if (Count == _keys.Length)
        {
            int larger = Math.Max(16, 2 * Count);
            Array.Resize(ref _keys, larger);
            Array.Resize(ref _hashes, larger);
            Array.Resize(ref _versions, larger);
            Array.Resize(ref _rows, larger);
        }

        _keys[Count] = key;
        _hashes[Count] = hash;
        _versions[Count] = version;
        _rows[Count++] = row;
    }
}
