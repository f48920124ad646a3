using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>
/// A share of a table's rows: slots and versions in one region of memory, pilots beside those of the other parts, and the delta of rows that are new or being
/// rewritten. The writer alone calls the methods; readers go by <see cref="Descriptor"/> and <see cref="Delta"/>.
/// </summary>
internal sealed unsafe class TablePart : IDisposable
{
    private readonly RowLayout _layout;
    private readonly KeyHash _hash;
    private readonly NativeRegion _region;
    private readonly PilotMemory _memory;
    private readonly PilotPlace _pilots;
    private readonly ulong* _versions;
    private PartDescriptor _descriptor;

    /// <summary>Builds a part.</summary>
    /// <param name="layout">Sizes.</param>
    /// <param name="hash">The table's hash.</param>
    /// <param name="rows">What it will hold.</param>
    /// <param name="size">Slots and buckets; at least as many slots as rows.</param>
    /// <param name="depth">Bits of a hash that all its keys share.</param>
    /// <param name="memory">Where the table's pilots stand.</param>
    /// <param name="unplaced">Indices of rows that have no slot here: they belong into the delta.</param>
    public TablePart(RowLayout layout, KeyHash hash, PartRows rows, PartSize size, int depth, PilotMemory memory, out List<int> unplaced)
    {
        (_layout, _hash, Depth) = (layout, hash, depth);
        byte[] pilots = PilotSearch.Run(rows.Hashes, rows.Count, size, out unplaced);

        long slotBytes = RoundUp((long)size.Slots * layout.SlotBytes);
        _region = new NativeRegion(slotBytes + 8L * size.Slots);
        _memory = memory;
        _pilots = memory.Rent(size, 1 << depth);
        pilots.CopyTo(new Span<byte>(_pilots.First, pilots.Length));
        _descriptor = new PartDescriptor { Slots = _region.Start, Pilots = _pilots.First, Size = size };
        _versions = (ulong*)(_region.Start + slotBytes);
        Fill(rows, unplaced);
        UnplacedRows = unplaced.Count;
        Rows = rows.Count - unplaced.Count;
        Delta = new DeltaMap(layout, hash);
    }

    /// <summary>Bytes of memory that a part of a size takes beside its pilots.</summary>
    public static long BytesFor(RowLayout layout, PartSize size) => NativeRegion.WholePages(RoundUp((long)size.Slots * layout.SlotBytes) + (8L * size.Slots));

    /// <summary>Bits of a hash that all its keys share.</summary>
    public int Depth { get; }

    /// <summary>Slots in use.</summary>
    public int Rows { get; private set; }

    /// <summary>Rows that found no slot when the part was built.</summary>
    public int UnplacedRows { get; }

    /// <summary>Whether the part has been replaced.</summary>
    public bool IsRetired { get; set; }

    /// <summary>Rows not (or not yet) in their slots.</summary>
    public DeltaMap Delta { get; }

    /// <summary>What look-ups need.</summary>
    public PartDescriptor Descriptor => _descriptor;

    /// <summary>Bytes of memory of slots and versions.</summary>
    public long Bytes => _region.Bytes;

    /// <summary>Slot where a key stands if it stands in this part.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int SlotOf(ulong hash) => (int)_descriptor.Size.Slot(hash, _descriptor.Pilots[_descriptor.Size.Bucket(hash)]);

    /// <summary>Asks for the pilot that a look-up of a hash will read.</summary>
    public void AskForPilot(ulong hash) => Prefetch.Read(_descriptor.Pilots + _descriptor.Size.Bucket(hash));

    /// <summary>Asks for the slot that a hash leads to, and its version.</summary>
    public void AskForSlot(ulong hash)
    {
        int slot = SlotOf(hash);
        Prefetch.Read(_descriptor.Slots + ((long)slot * _layout.SlotBytes), _layout.SlotBytes, _layout.Place.IsAligned);
        Prefetch.Read(_versions + slot);
    }

    /// <summary>What stands in a slot's key: a key, or a mark.</summary>
    public ref ulong KeyAt(int slot) => ref *(ulong*)(_descriptor.Slots + (long)slot * _layout.SlotBytes);

    /// <summary>Address of a slot's encoded row.</summary>
    public byte* RowAt(int slot) => _descriptor.Slots + (long)slot * _layout.SlotBytes + RowLayout.KeyBytes;

    /// <summary>Version of the row in a slot.</summary>
    public ref ulong VersionAt(int slot) => ref _versions[slot];

    /// <summary>Whether a slot holds a row that look-ups find there, not a mark.</summary>
    public bool IsLive(int slot, out ulong hash)
    {
        hash = _hash.Of(KeyAt(slot));
        return SlotOf(hash) == slot;
    }

    /// <summary>Makes look-ups of the slot's key miss; what they read of the row until their epoch ends stays as it is.</summary>
    public void Mark(int slot)
    {
        Volatile.Write(ref KeyAt(slot), MarkOf(slot));
        Rows--;
    }

    /// <summary>Puts a row back into its slot and lets look-ups find it there again. No reader may look at the slot any more.</summary>
    public void Restore(int slot, ulong key, byte* row, ulong version)
    {
        new ReadOnlySpan<byte>(row, _layout.RowBytes).CopyTo(new Span<byte>(RowAt(slot), _layout.RowBytes));
        VersionAt(slot) = version;
        Volatile.Write(ref KeyAt(slot), key);
        Rows++;
    }

    public void Dispose()
    {
        _region.Dispose();
        _memory.Return(_pilots);
    }

    private static long RoundUp(long bytes) => (bytes + 63) & ~63L;

    private void Fill(PartRows rows, List<int> unplaced)
    {
        // A slot without a row holds a number whose look-up ends elsewhere, so that comparing keys is all a look-up has to do.
        ulong common = 0;
        int commonSlot = SlotOf(_hash.Of(common));
        for (int slot = 0; slot < _descriptor.Size.Slots; slot++)
            KeyAt(slot) = slot == commonSlot ? MarkOf(slot) : common;
        bool[] skip = new bool[rows.Count];
        foreach (int i in CollectionsMarshal.AsSpan(unplaced))
            skip[i] = true;
        for (int i = 0; i < rows.Count; i++)
        {
            if (skip[i])
                continue;
            int slot = SlotOf(rows.Hashes[i]);
            KeyAt(slot) = rows.Keys[i];
            VersionAt(slot) = rows.Versions[i];
            new ReadOnlySpan<byte>((byte*)rows.Rows[i], _layout.RowBytes).CopyTo(new Span<byte>(RowAt(slot), _layout.RowBytes));
        }
    }

    /// <summary>A number whose look-up does not end in this slot.</summary>
    private ulong MarkOf(int slot)
    {
        // Each candidate fails with probability 1 / slots.
        for (ulong mark = 1; ; mark++)
        {
            if (SlotOf(_hash.Of(mark)) != slot)
                return mark;
        }
    }
}
