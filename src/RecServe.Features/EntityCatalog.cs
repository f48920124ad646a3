using System.Numerics;
using System.Text;

namespace RecServe.Features;

/// <summary>
/// Encoded field values of known entities (items, or users), so that a request needs their ids alone. Immutable and thread-safe.
/// Row r of field column c owns entries [Offsets[r], Offsets[r+1]) of its keys and weights.
/// </summary>
public sealed class EntityCatalog
{
    // Open addressing, at most half full: the upper half of the id's hash, then row + 1; 0 is free. Eight bytes a slot, so that 100,000 ids
    // take 2 MB and a look-up mostly one cache line before the id itself.
    private readonly ulong[] _slots;
    private readonly byte[] _idBytes;
    private readonly int[] _idOffsets;

    /// <summary>Makes a catalog over arrays that are then owned by it.</summary>
    /// <param name="idBytes">UTF-8 bytes of all ids, one after another.</param>
    /// <param name="idOffsets">Count + 1 offsets into <paramref name="idBytes"/>.</param>
    /// <param name="columns">One column a field.</param>
    /// <exception cref="ArgumentException">Two ids are equal.</exception>
    public EntityCatalog(byte[] idBytes, int[] idOffsets, IReadOnlyList<EntityColumn> columns)
    {
        _idBytes = idBytes;
        _idOffsets = idOffsets;
        Columns = columns;
        _slots = new ulong[BitOperations.RoundUpToPowerOf2((ulong)Math.Max(1, Count) * 2)];
        for (int row = 0; row < Count; row++)
        {
            ulong hash = RowKey.Hash64(IdOf(row));
            int slot = SlotOf(hash, IdOf(row));
            if (_slots[slot] != 0)
                throw new ArgumentException($"id '{Encoding.UTF8.GetString(IdOf(row))}' stands twice in the catalog (rows {RowIn(_slots[slot])} and {row})");
            _slots[slot] = (hash & ~(ulong)uint.MaxValue) | (uint)(row + 1);
        }
    }

    /// <summary>Number of entities.</summary>
    public int Count => _idOffsets.Length - 1;

    /// <summary>The fields held, in the order of the package's field list.</summary>
    public IReadOnlyList<EntityColumn> Columns { get; }

    /// <summary>UTF-8 id of a row.</summary>
    public ReadOnlySpan<byte> IdOf(int row) => _idBytes.AsSpan(_idOffsets[row], _idOffsets[row + 1] - _idOffsets[row]);

    /// <summary>Row of an id, or −1.</summary>
    public int Find(ReadOnlySpan<byte> id) => RowIn(_slots[SlotOf(RowKey.Hash64(id), id)]);

    /// <summary>
    /// Row of the first id whose hash agrees in its upper half, or −1 where no id has the hash. The caller compares the id
    /// (<see cref="IdOf"/>) and asks <see cref="Find"/> where it differs: done for many ids in two loops, the cache misses of each overlap.
    /// </summary>
    /// <param name="hash"><see cref="RowKey.Hash64"/> of the id.</param>
    public int Likely(ulong hash)
    {
        int slot = (int)hash & (_slots.Length - 1);
        while (_slots[slot] != 0 && (_slots[slot] ^ hash) > uint.MaxValue)
            slot = (slot + 1) & (_slots.Length - 1);
        return RowIn(_slots[slot]);
    }

    /// <summary>Row of the id with a <see cref="RowKey.Hash64"/>, or −1.</summary>
    public int FindHash(ulong hash)
    {
        int slot = (int)hash & (_slots.Length - 1);
        while (_slots[slot] != 0 && ((_slots[slot] ^ hash) > uint.MaxValue || RowKey.Hash64(IdOf(RowIn(_slots[slot]))) != hash))
            slot = (slot + 1) & (_slots.Length - 1);
        return RowIn(_slots[slot]);
    }

    private static int RowIn(ulong slot) => (int)(uint)slot - 1;

    // The slot that holds the id, or the free one where it would go.
    private int SlotOf(ulong hash, ReadOnlySpan<byte> id)
    {
        int slot = (int)hash & (_slots.Length - 1);
        while (_slots[slot] != 0 && ((_slots[slot] ^ hash) > uint.MaxValue || !IdOf(RowIn(_slots[slot])).SequenceEqual(id)))
            slot = (slot + 1) & (_slots.Length - 1);
        return slot;
    }
}
