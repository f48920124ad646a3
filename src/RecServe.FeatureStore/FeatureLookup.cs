using System.Runtime.InteropServices;
using RecServe.Embeddings;
using RecServe.Features;

namespace RecServe.FeatureStore;

/// <summary>
/// The entities of one request whose rows are looked up together: user, context and candidates in one batch. Reused from request to request, so that in the steady
/// state nothing is made; not thread-safe.
/// </summary>
public sealed class FeatureLookup
{
    /// <summary>What <see cref="Fault"/> says where the node's store could not read all that was asked of it.</summary>
    public const string StoreFault = "feature_store";

    private readonly List<Entry> _entries = [];
    private readonly List<int> _below = [];
    private byte[] _ids = [];
    private int _used;

    /// <summary>Entries.</summary>
    public int Count => _entries.Count;

    /// <summary>Entries that were found in process memory, as a row or as known to be absent.</summary>
    public int Hot { get; internal set; }

    /// <summary>Entries that have a row.</summary>
    public int Found { get; private set; }

    /// <summary>Name of a tier that could not be asked, or not for all entries: rows that it may have count as absent. Null if all went well.</summary>
    public string? Fault { get; internal set; }

    /// <summary>Bytes of the buffers.</summary>
    public long Bytes => _ids.Length + ((long)_entries.Capacity * 40) + Below.Bytes;

    /// <summary>What is looked for below process memory.</summary>
    internal TierBatch Below { get; } = new();

    /// <summary>Empties the look-up and lets go of its rows.</summary>
    public void Clear()
    {
        _entries.Clear();
        _below.Clear();
        _used = Hot = Found = 0;
        Fault = null;
        Below.Clear();
    }

    /// <summary>Adds an entity and gives its index.</summary>
    /// <param name="entity">What it is.</param>
    /// <param name="id">Its id in UTF-8; copied. One that is empty or too long for a row has none.</param>
    public int Add(FieldSide entity, ReadOnlySpan<byte> id)
    {
        if (_ids.Length - _used < id.Length)
            Array.Resize(ref _ids, Math.Max(1024, 2 * (_used + id.Length)));
        id.CopyTo(_ids.AsSpan(_used));
        _entries.Add(new Entry { Entity = entity, Start = _used, Length = id.Length });
        _used += id.Length;
        return _entries.Count - 1;
    }

    /// <summary>What an entry is.</summary>
    public FieldSide Entity(int index) => At(index).Entity;

    /// <summary>Id of an entry in UTF-8; valid until <see cref="Add"/> or <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Id(int index) => _ids.AsSpan(At(index).Start, At(index).Length);

    /// <summary>The row that was found; null if there is none.</summary>
    public FeatureRow? Row(int index) => At(index).Row;

    /// <summary>Fills in what is known of an entry.</summary>
    /// <param name="index">The entry.</param>
    /// <param name="row">Its row or its deletion; null where it is known to have neither.</param>
    internal void Fill(int index, FeatureRow? row)
    {
        if (row is null or { IsDeletion: true })
            return;
        At(index).Row = row;
        Found++;
    }

    /// <summary>Notes that an entry has to be looked for below process memory.</summary>
    internal void LookBelow(int index, TableId table, ulong key, long stamp)
    {
        Below.Add(table, key, stamp);
        _below.Add(index);
    }

    /// <summary>The entry that a place of <see cref="Below"/> is for.</summary>
    internal int EntryBelow(int place) => _below[place];

    private ref Entry At(int index) => ref CollectionsMarshal.AsSpan(_entries)[index];

    private struct Entry
    {
        public FieldSide Entity;
        public int Start, Length;
        public FeatureRow? Row;
    }
}
