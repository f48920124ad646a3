using System.Diagnostics;
using System.Runtime.InteropServices;
using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>
/// Keeps the item's part of a model's first dense layer, or of its experts' and gates' first layers, W_item·i, in 16 bits a number for the next request with the
/// same item. A part is found by a 128-bit hash of the item's gathered floats: an item whose rows or features changed has other floats, so that it is never
/// found stale. The memory is allocated once, within a budget. Thread-safe: a place that changes under its reader is noticed by its sequence number and the
/// part is made again; nobody waits.
/// </summary>
/// <param name="budget">Bytes to spend, 0 or more; at most 2³¹ numbers are kept.</param>
public sealed class KeptItems(long budget)
{
    // A set is 128 bytes: two memory lines that are asked for together.
    private const int Ways = 4, PlaceBytes = 32, LineNumbers = Prefetch.Line / sizeof(short);

    // Requests that pass before a found place is stamped again: a stamp takes its line away from all other cores.
    private const int StampEvery = 64;

    private AlignedFloats _placeMemory = new(0), _codes = new(0);
    private int _clock, _sets, _stride;
    private long _hits, _misses;

    /// <summary>Parts that were found.</summary>
    public long Hits => Interlocked.Read(ref _hits);

    /// <summary>Parts that were not.</summary>
    public long Misses => Interlocked.Read(ref _misses);

    /// <summary>Bytes of one kept item; 0 where the model has no such layer, or where making its part is cheaper than finding it.</summary>
    public int BytesPerItem { get; private set; }

    /// <summary>Bytes of all places.</summary>
    public long Bytes => (long)_sets * Ways * BytesPerItem;

    /// <summary>Numbers of a part.</summary>
    internal int Width { get; private set; }

    private Span<Place> Places => MemoryMarshal.Cast<float, Place>(_placeMemory.Span);

    /// <summary>Allocates places for parts of so many numbers.</summary>
    internal void Allocate(int width)
    {
        Debug.Assert(_stride == 0, "one store serves one model");
        Width = width;
        _stride = (width + LineNumbers - 1) / LineNumbers * LineNumbers;
        BytesPerItem = checked((_stride * sizeof(short)) + PlaceBytes);
        _sets = (int)(Math.Min(budget / BytesPerItem, int.MaxValue / _stride) / Ways);
        _placeMemory = new AlignedFloats(_sets * Ways * PlaceBytes / sizeof(float));
        _codes = new AlignedFloats(_sets * Ways * _stride / 2);
        HugePages.Touch(_placeMemory);
        HugePages.Touch(_codes);
    }

    /// <summary>Asks for the memory that <see cref="Find"/> will look at.</summary>
    internal void Prepare(in FloatHash.Wide hash)
    {
        if (_sets > 0)
            Prefetch.Read<Place>(Places.Slice(Set(hash), Ways));
    }

    /// <summary>The item's place and its sequence number; place −1 where it has none.</summary>
    internal (int Place, int Sequence) Find(in FloatHash.Wide hash)
    {
        if (_sets == 0)
            return (-1, 0);
        int set = Set(hash);
        Span<Place> places = Places.Slice(set, Ways);
        for (int way = 0; way < Ways; way++)
        {
            ref Place place = ref places[way];
            int sequence = Volatile.Read(ref place.Sequence);
            if ((sequence & 1) != 0 || sequence == 0 || place.First != hash.First || place.Second != hash.Second)
                continue;
            int now = Volatile.Read(ref _clock);
            if (now - place.Asked > StampEvery)
                place.Asked = now;
            return (set + way, sequence);
        }

        return (-1, 0);
    }

    /// <summary>A place's codes, as they are at this moment: they are the item's if <see cref="IsStill"/> says so afterwards.</summary>
    internal ReadOnlySpan<short> Codes(int place) => MemoryMarshal.Cast<float, short>(_codes.Span).Slice(place * _stride, Width);

    /// <summary>A place's scale, as it is at this moment.</summary>
    internal float Scale(int place) => Places[place].Scale;

    /// <summary>Whether a place was not written since <see cref="Find"/>; all that was read of it before the call counts.</summary>
    internal bool IsStill(int place, int sequence)
    {
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref Places[place].Sequence) == sequence;
    }

    /// <summary>Keeps a part in the place of whichever of its set was not asked for longest, unless the item has a place by now.</summary>
    internal void Keep(in FloatHash.Wide hash, ReadOnlySpan<short> codes, float scale)
    {
        if (_sets == 0 || float.IsNaN(scale))
            return;
        int set = Set(hash), oldest = 0, now = Volatile.Read(ref _clock);
        Span<Place> places = Places.Slice(set, Ways);
        for (int way = 0; way < Ways; way++)
        {
            ref Place candidate = ref places[way];
            if (candidate.Sequence != 0 && candidate.First == hash.First && candidate.Second == hash.Second)
                return;
            if (places[oldest].Sequence != 0 && (candidate.Sequence == 0 || now - candidate.Asked > now - places[oldest].Asked))
                oldest = way;
        }

        // Odd while it is written; another writer in the meantime goes without. 0 is a place never written.
        ref Place place = ref places[oldest];
        int sequence = Volatile.Read(ref place.Sequence);
        if ((sequence & 1) != 0 || Interlocked.CompareExchange(ref place.Sequence, sequence + 1, sequence) != sequence)
            return;
        (place.First, place.Second, place.Asked, place.Scale) = (hash.First, hash.Second, now, scale);
        codes[..Width].CopyTo(MemoryMarshal.Cast<float, short>(_codes.Span)[((set + oldest) * _stride)..]);
        Volatile.Write(ref place.Sequence, sequence + 2 == 0 ? 2 : sequence + 2);
    }

    /// <summary>Counts one pass's items, and lets time pass.</summary>
    internal void Count(int hits, int misses)
    {
        Interlocked.Add(ref _hits, hits);
        Interlocked.Add(ref _misses, misses);
        Interlocked.Increment(ref _clock);
    }

    private int Set(in FloatHash.Wide hash) => (int)(((hash.First >> 32) * (ulong)_sets) >> 32) * Ways;

    [StructLayout(LayoutKind.Sequential, Size = PlaceBytes)]
    private struct Place
    {
        public ulong First, Second;
        public int Sequence, Asked;
        public float Scale;
    }
}
