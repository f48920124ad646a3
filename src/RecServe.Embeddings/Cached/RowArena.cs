using System.Runtime.CompilerServices;
using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>
/// Slots for rows of any precision in one stretch of memory: pages of equal size, each cut into slots of one precision, and given to another precision when
/// its last slot is free. A row is named by its place, its slot's offset in units of 8 bytes or more; place 0 holds none. The writer alone calls the methods;
/// readers compute addresses.
/// </summary>
internal sealed unsafe class RowArena
{
    /// <summary>Bytes of a row's version, apart from its slot: readers do not look at it.</summary>
    public const int VersionBytes = 8;

    /// <summary>Number of precisions.</summary>
    public const int Precisions = 6;

    /// <summary>Bytes of notes on a page.</summary>
    public static readonly int NoteBytes = Unsafe.SizeOf<ArenaPage>() + 1;

    private const byte NoPrecision = byte.MaxValue;

    private readonly byte* _start, _precisionOf;
    private readonly ArenaPage* _pages;
    private readonly int _unitShift, _pageShift, _count;
    private readonly SlotClass[] _classes = new SlotClass[Precisions];
    private int _freePages = -1, _freePageCount;
    private uint _oldestRetired, _newestRetired;

    /// <summary>Makes one over zeroed memory.</summary>
    /// <param name="memory">Pages first, then <see cref="NoteBytes"/> a page.</param>
    /// <param name="count">Pages.</param>
    /// <param name="pageShift">Binary logarithm of a page's bytes.</param>
    /// <param name="dim">Floats of a row.</param>
    public RowArena(byte* memory, int count, int pageShift, int dim)
    {
        _start = memory;
        (_count, _pageShift) = (count, pageShift);
        _pages = (ArenaPage*)(memory + ((long)count << pageShift));
        _precisionOf = (byte*)(_pages + count);
        _unitShift = UnitShift((long)count << pageShift);
        for (int p = 0; p < Precisions; p++)
            _classes[p] = new SlotClass((RowPrecision)p, dim, 1 << _unitShift, 1 << pageShift);
        for (int page = count - 1; page >= 0; page--)
            Release(page);
    }

    /// <summary>Binary logarithm of the unit that places count in: 32 bits must do.</summary>
    public static int UnitShift(long bytes)
    {
        int shift = 3;
        while (bytes >> shift > uint.MaxValue)
            shift++;
        return shift;
    }

    /// <summary>What is known of a precision's slots.</summary>
    public SlotClass this[RowPrecision precision] => _classes[(int)precision];

    /// <summary>Pages without a precision.</summary>
    public int FreePages => _freePageCount;

    /// <summary>Bytes of pages.</summary>
    public long Bytes => (long)_count << _pageShift;

    /// <summary>Rows of all precisions.</summary>
    public long Rows { get; private set; }

    /// <summary>Precisions that have pages.</summary>
    public int PrecisionsInUse
    {
        get
        {
            int used = 0;
            foreach (SlotClass slots in _classes)
                used += slots.Pages > 0 ? 1 : 0;
            return used;
        }
    }

    /// <summary>Binary logarithm of the unit that places count in.</summary>
    public int UnitBits => _unitShift;

    /// <summary>Address of place 0: never a row.</summary>
    public byte* Start => _start;

    /// <summary>Bytes that no row takes, those included that may still be read.</summary>
    public long SpareBytes
    {
        get
        {
            long spare = (long)_freePageCount << _pageShift;
            foreach (SlotClass slots in _classes)
                spare += slots.Spare * slots.SlotBytes;
            return spare;
        }
    }

    /// <summary>Address of a place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Address(uint place) => _start + ((nuint)place << _unitShift);

    /// <summary>Precision of the row at an address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RowPrecision PrecisionAt(byte* address) => (RowPrecision)_precisionOf[(nuint)(address - _start) >> _pageShift];

    /// <summary>Version of the row at a place.</summary>
    public ref ulong VersionAt(uint place)
    {
        ulong offset = (ulong)place << _unitShift;
        int page = (int)(offset >> _pageShift);
        SlotClass slots = _classes[_precisionOf[page]];
        uint slot = (uint)(offset & ((1UL << _pageShift) - 1)) / (uint)slots.SlotBytes;
        return ref *(ulong*)(PageStart(page) + (long)slots.SlotsPerPage * slots.SlotBytes + VersionBytes * (long)slot);
    }

    /// <summary>Notes that look-ups find a row more, or one less.</summary>
    public void CountRow(RowPrecision precision, int by)
    {
        this[precision].Rows += by;
        Rows += by;
    }

    /// <summary>Takes a free slot, from a page without precision if need be.</summary>
    /// <returns>Its place, or 0.</returns>
    public uint Take(RowPrecision precision)
    {
        SlotClass slots = this[precision];
        int number = slots.Listed;
        if (number < 0)
        {
            number = _freePages;
            if (number < 0)
                return 0;
            Give(number, precision);
        }

        ref ArenaPage page = ref _pages[number];
        uint place = page.Free;
        if (place != 0)
            page.Free = (uint)VersionAt(place);
        else
            place = (uint)((((long)number << _pageShift) + ((long)page.Begun++ * slots.SlotBytes)) >> _unitShift);
        page.Used++;
        slots.Taken++;
        if (page.Free == 0 && page.Begun == slots.SlotsPerPage)
            Unlist(number);
        return place;
    }

    /// <summary>Puts a slot aside until every reader that may look at it has left.</summary>
    /// <param name="place">No longer found by look-ups.</param>
    /// <param name="epoch">Epoch in which that began.</param>
    public void Retire(uint place, long epoch)
    {
        // Readers never look at the version word, so it links the slots that wait.
        VersionAt(place) = (ulong)(uint)epoch << 32;
        if (_newestRetired != 0)
            VersionAt(_newestRetired) |= place;
        else
            _oldestRetired = place;
        _newestRetired = place;
    }

    /// <summary>Frees the slots put aside before an epoch.</summary>
    public void Settle(long oldestReader)
    {
        while (_oldestRetired != 0)
        {
            uint place = _oldestRetired;
            ulong note = VersionAt(place);
            if ((int)((uint)oldestReader - (uint)(note >> 32)) <= 0)
                return;
            _oldestRetired = (uint)note;
            if (_oldestRetired == 0)
                _newestRetired = 0;
            FreeSlot(place);
        }
    }

    /// <summary>The page of a precision that holds fewest rows, of those looked at, taken out of use; its rows are to be moved. -1 if there is none.</summary>
    public int Drain(RowPrecision precision)
    {
        const int looked = 32;
        SlotClass slots = this[precision];
        int best = -1;
        for (int page = slots.Listed, n = 0; page >= 0 && n < looked; page = _pages[page].Next, n++)
        {
            if (best < 0 || _pages[page].Used < _pages[best].Used)
                best = page;
        }

        if (best >= 0)
        {
            Unlist(best);
            _pages[best].IsDraining = true;
        }

        return best;
    }

    /// <summary>Places of a page that were ever given out.</summary>
    public IEnumerable<uint> PlacesOf(int page)
    {
        int slotBytes = SlotBytesOf(page), begun = Begun(page);
        for (int i = page == 0 ? 1 : 0; i < begun; i++)
            yield return (uint)((((long)page << _pageShift) + ((long)i * slotBytes)) >> _unitShift);
    }

    private byte* PageStart(int page) => _start + ((long)page << _pageShift);

    private int SlotBytesOf(int page) => _classes[_precisionOf[page]].SlotBytes;

    private int Begun(int page) => _pages[page].Begun;

    private void FreeSlot(uint place)
    {
        int number = (int)(((ulong)place << _unitShift) >> _pageShift);
        ref ArenaPage page = ref _pages[number];
        SlotClass slots = _classes[_precisionOf[number]];
        VersionAt(place) = page.Free;
        page.Free = place;
        page.Used--;
        slots.Taken--;
        if (page.Used == 0)
        {
            if (page.IsListed)
                Unlist(number);
            slots.Pages--;
            slots.Blocked -= number == 0 ? 1 : 0;
            Release(number);
        }
        else if (!page.IsListed && !page.IsDraining)
        {
            List(number);
        }
    }

    private void Release(int number)
    {
        // The precision stays noted: a reader may compute it from a place that it read by accident.
        _pages[number] = new ArenaPage { Next = _freePages, Previous = -1 };
        _freePages = number;
        _freePageCount++;
    }

    private void Give(int number, RowPrecision precision)
    {
        ref ArenaPage page = ref _pages[number];
        _freePages = page.Next;
        _freePageCount--;
        // Place 0 means none, so the first slot of the first page stays empty.
        page = new ArenaPage { Begun = number == 0 ? 1 : 0 };
        _precisionOf[number] = (byte)precision;
        this[precision].Pages++;
        this[precision].Blocked += number == 0 ? 1 : 0;
        List(number);
    }

    private void List(int number)
    {
        SlotClass slots = _classes[_precisionOf[number]];
        ref ArenaPage page = ref _pages[number];
        (page.Previous, page.Next, page.IsListed) = (-1, slots.Listed, true);
        if (slots.Listed >= 0)
            _pages[slots.Listed].Previous = number;
        slots.Listed = number;
    }

    private void Unlist(int number)
    {
        SlotClass slots = _classes[_precisionOf[number]];
        ref ArenaPage page = ref _pages[number];
        if (page.Previous >= 0)
            _pages[page.Previous].Next = page.Next;
        else
            slots.Listed = page.Next;
        if (page.Next >= 0)
            _pages[page.Next].Previous = page.Previous;
        page.IsListed = false;
    }
}
