using System.Numerics;
using System.Runtime.CompilerServices;

namespace RecServe.Embeddings;

/// <summary>
/// The rows of a part that are not, or not yet, in their slots, found by key on a look-up's miss. Readers take <see cref="Index"/> once and go by
/// it; the writer alone calls the methods. A row that readers may see is never rewritten: an update takes another place and the entry points to it.
/// </summary>
internal sealed unsafe class DeltaMap(RowLayout layout, KeyHash hashing)
{
    /// <summary>Deletions that a part remembers: 4 MB of memory for at most 262,144 rows.</summary>
    public const int MostTombstones = 1 << 16;

    private const int SmallestIndex = 32;

    // By a share of what is there, since the notes are copied: a block at a time copied 280 MB for the 30,000 rows of a part that is read back, and twice as many rows cost four times that.
    private const int Growth = 4;

    private readonly int _rowBytes = (layout.RowBytes + 7) & ~7;
    private readonly Queue<(int Number, long Epoch)> _retired = [];
    private readonly Dictionary<ulong, ulong> _tombstones = [];
    private readonly Queue<ulong> _deleted = [];
    private DeltaIndex? _index;
    private (DeltaIndex? Index, long Epoch) _spare;
    private byte[][] _blocks = [];
    private DeltaRow[] _rows = [];
    private int _numbers, _usedEntries;

    /// <summary>What readers see; null while nothing was ever here.</summary>
    public DeltaIndex? Index => Volatile.Read(ref _index);

    /// <summary>Rows whose key has no slot.</summary>
    public int NewRows { get; private set; }

    /// <summary>Rows that look-ups find here and not in a slot.</summary>
    public int Rows { get; private set; }

    /// <summary>Largest row number ever given out.</summary>
    public int Numbers => _numbers;

    /// <summary>Versions at which keys were deleted.</summary>
    public IReadOnlyDictionary<ulong, ulong> Tombstones => _tombstones;

    /// <summary>Bytes of memory of index, rows and the writer's notes.</summary>
    public long Bytes => (_index?.Bytes ?? 0) + (_spare.Index?.Bytes ?? 0) + (long)_blocks.Length * DeltaIndex.BlockRows * _rowBytes
        + (long)_rows.Length * Unsafe.SizeOf<DeltaRow>() + 48L * _tombstones.Count + 8L * _deleted.Count;

    /// <summary>The writer's notes on a row.</summary>
    public ref DeltaRow this[int number] => ref _rows[number - 1];

    /// <summary>Address of a row.</summary>
    public byte* RowAt(int number) => _index!.Row(number);

    /// <summary>Number of a key's row, or 0.</summary>
    public int Find(ulong key, ulong hash)
    {
        if (_index is null)
            return 0;
        DeltaEntry* entry = _index.Find(key, _index.Home(hash));
        return entry is null ? 0 : Math.Max(0, entry->Row);
    }

    /// <summary>Version at which a key was deleted.</summary>
    public bool IsDeleted(ulong key, out ulong version) => _tombstones.TryGetValue(key, out version);

    /// <summary>
    /// Notes that a key was deleted; its row here, if any, has been removed. Beyond <see cref="MostTombstones"/> the oldest deletion is forgotten: an update that is older
    /// than it and comes so late would bring the row back. (Refusing every unknown key below some version instead would refuse new keys whose versions count from 1.)
    /// </summary>
    public void SetDeleted(ulong key, ulong version)
    {
        if (!_tombstones.ContainsKey(key))
            _deleted.Enqueue(key);
        _tombstones[key] = version;
        while (_deleted.Count > MostTombstones)
            _tombstones.Remove(_deleted.Dequeue());
    }

    /// <summary>Writes a row to a free place and makes the key's entry point to it.</summary>
    /// <param name="row">What is to be known of it.</param>
    /// <param name="hash">Hash of its key.</param>
    /// <param name="encoded">The encoded row.</param>
    /// <param name="oldestReader">Places retired before this epoch are free.</param>
    /// <returns>Its number.</returns>
    public int Put(in DeltaRow row, ulong hash, ReadOnlySpan<byte> encoded, long oldestReader)
    {
        _tombstones.Remove(row.Key);
        int number = TakePlace(oldestReader);
        this[number] = row;
        encoded.CopyTo(new Span<byte>(RowAt(number), layout.RowBytes));
        DeltaEntry* entry = EntryFor(row.Key, hash, row.Epoch, oldestReader);
        int old = entry->Row;
        Volatile.Write(ref entry->Row, number);
        Count(row.State, 1);
        if (old > 0)
            Retire(old, row.Epoch);
        return number;
    }

    /// <summary>Changes a row's state.</summary>
    public void Move(int number, DeltaState state, long epoch)
    {
        ref DeltaRow row = ref this[number];
        Count(row.State, -1);
        Count(state, 1);
        (row.State, row.Epoch) = (state, epoch);
    }

    /// <summary>Ends a row: look-ups by its key no longer find it here.</summary>
    public void Remove(int number, ulong hash, long epoch)
    {
        DeltaEntry* entry = _index!.Find(this[number].Key, _index.Home(hash));
        Volatile.Write(ref entry->Row, DeltaEntry.Removed);
        Retire(number, epoch);
    }

    private void Count(DeltaState state, int by)
    {
        NewRows += state == DeltaState.New ? by : 0;
        Rows += state is DeltaState.New or DeltaState.Displaced ? by : 0;
    }

    private void Retire(int number, long epoch)
    {
        Move(number, DeltaState.None, epoch);
        _retired.Enqueue((number, epoch));
    }

    private int TakePlace(long oldestReader)
    {
        if (_retired.TryPeek(out var first) && first.Epoch < oldestReader)
            return _retired.Dequeue().Number;
        if (_numbers == _rows.Length)
        {
            _index ??= new DeltaIndex(SmallestIndex, _blocks, _rowBytes);
            var blocks = new byte[_blocks.Length + 1 + (_blocks.Length / Growth)][];
            _blocks.CopyTo(blocks, 0);
            for (int i = _blocks.Length; i < blocks.Length; i++)
                blocks[i] = GC.AllocateUninitializedArray<byte>(DeltaIndex.BlockRows * _rowBytes, pinned: true);
            Array.Resize(ref _rows, blocks.Length * DeltaIndex.BlockRows);
            _blocks = blocks;
            Volatile.Write(ref _index, _index.WithBlocks(blocks));
        }

        return ++_numbers;
    }

    /// <summary>The entry of a key; a new one is given the key, and half of the entries always stay empty.</summary>
    private DeltaEntry* EntryFor(ulong key, ulong hash, long epoch, long oldestReader)
    {
        DeltaEntry* entry = _index!.Find(key, _index.Home(hash));
        if (entry is not null)
            return entry;
        if (2 * (_usedEntries + 1) > _index.Capacity)
            Rebuild(epoch, oldestReader);
        entry = _index.Home(hash);
        while (entry->Row != DeltaEntry.Empty)
            entry = _index.Next(entry);
        entry->Key = key;
        _usedEntries++;
        return entry;
    }

    /// <summary>
    /// Copies the entries in use to another index; readers of the old one go on with it. When they have left, its memory serves the next one: fresh memory for each took half of a
    /// rebuild's time, for pages that the system had to find and clear.
    /// </summary>
    private void Rebuild(long epoch, long oldestReader)
    {
        DeltaIndex old = _index!;
        int used = 0;
        for (int i = 0; i < old.Capacity; i++)
            used += old.Entries[i].Row > 0 ? 1 : 0;
        int capacity = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(SmallestIndex, 4 * (used + 1)));
        DeltaIndex other = _spare.Index is { } spare && _spare.Epoch < oldestReader && spare.Capacity >= capacity && spare.Capacity <= 2 * capacity
            ? spare.Emptied(_blocks)
            : new DeltaIndex(capacity, _blocks, _rowBytes);
        for (int i = 0; i < old.Capacity; i++)
        {
            if (old.Entries[i].Row <= 0)
                continue;
            DeltaEntry* entry = other.Home(hashing.Of(old.Entries[i].Key));
            while (entry->Row != DeltaEntry.Empty)
                entry = other.Next(entry);
            *entry = old.Entries[i];
        }

        _usedEntries = used;
        Volatile.Write(ref _index, other);
        _spare = (old, epoch);
    }
}
