using System.Runtime.CompilerServices;

namespace RecServe.Embeddings;

/// <summary>What readers see of a delta: an open-addressing index and the addresses of blocks of rows. Replaced when either grows.</summary>
internal sealed unsafe class DeltaIndex
{
    /// <summary>Rows of a block.</summary>
    public const int BlockRows = 64;

    // Pinned, and kept alive by whoever holds this object: their addresses stay valid as long as it does.
    private readonly DeltaEntry[] _entries;
    private readonly byte[][] _blocks;
    private readonly nint[] _blockStarts;
    private readonly int _rowBytes;

    public DeltaIndex(int capacity, byte[][] blocks, int rowBytes)
        : this(GC.AllocateArray<DeltaEntry>(capacity, pinned: true), blocks, rowBytes)
    {
    }

    private DeltaIndex(DeltaEntry[] entries, byte[][] blocks, int rowBytes)
    {
        (_entries, _blocks, _rowBytes) = (entries, blocks, rowBytes);
        Entries = (DeltaEntry*)Unsafe.AsPointer(ref entries[0]);
        _blockStarts = new nint[blocks.Length];
        for (int i = 0; i < blocks.Length; i++)
            _blockStarts[i] = (nint)Unsafe.AsPointer(ref blocks[i][0]);
    }

    /// <summary>Entries; a power of two.</summary>
    public DeltaEntry* Entries { get; }

    public int Capacity => _entries.Length;

    /// <summary>Bytes of the index, without the blocks.</summary>
    public long Bytes => 16L * _entries.Length + 16L * _blocks.Length;

    /// <summary>The same entries over more blocks.</summary>
    public DeltaIndex WithBlocks(byte[][] blocks) => new(_entries, blocks, _rowBytes);

    /// <summary>An empty index in the memory of this one, which nobody reads any more.</summary>
    public DeltaIndex Emptied(byte[][] blocks)
    {
        Array.Clear(_entries);
        return new DeltaIndex(_entries, blocks, _rowBytes);
    }

    /// <summary>
    /// Where the search for a hash begins. All of the hash is mixed once more: keys stand here because they share the bits that choose slots.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public DeltaEntry* Home(ulong hash) => Entries + (int)((hash * 0x9E3779B97F4A7C15) >> 32 & (uint)(_entries.Length - 1));

    /// <summary>The entry of a key, or null.</summary>
    public DeltaEntry* Find(ulong key, DeltaEntry* entry)
    {
        while (true)
        {
            int row = Volatile.Read(ref entry->Row);
            if (row == DeltaEntry.Empty)
                return null;
            if (entry->Key == key)
                return entry;
            entry = Next(entry);
        }
    }

    /// <summary>The entry after this one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public DeltaEntry* Next(DeltaEntry* entry) => entry + 1 == Entries + _entries.Length ? Entries : entry + 1;

    /// <summary>Whether a row lies in the blocks that this object knows.</summary>
    public bool Holds(int number) => number <= _blockStarts.Length * BlockRows;

    /// <summary>Address of a row by its number, from 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Row(int number)
    {
        int at = number - 1;
        return (byte*)_blockStarts[at / BlockRows] + at % BlockRows * _rowBytes;
    }
}
