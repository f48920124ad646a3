using System.Diagnostics;

namespace RecServe.Ranking;

/// <summary>
/// Keeps the item's part of a model's first dense layer, W_item·i, as 16-bit floats for the next request with the same item. A part is found by
/// a 128-bit hash of the item's gathered floats: an item whose rows or features changed has other floats, so that it is never found stale. The
/// memory is allocated once, within a budget. Thread-safe: a place that changes under its reader is noticed by its sequence number and read
/// again as a miss; nobody waits.
/// </summary>
/// <param name="budget">Bytes to spend, up to 4 GB.</param>
public sealed class KeptItems(long budget)
{
    private const int Ways = 4, PlaceBytes = sizeof(ulong) * 2 + sizeof(int) * 2;

    private ushort[] _halves = [];
    private ulong[] _first = [], _second = [];
    private int[] _sequences = [], _asked = [];
    private int _clock, _sets;
    private long _hits, _misses;

    /// <summary>Parts that were found.</summary>
    public long Hits => Interlocked.Read(ref _hits);

    /// <summary>Parts that were not.</summary>
    public long Misses => Interlocked.Read(ref _misses);

    /// <summary>Bytes of one kept item; 0 where the model has no such layer.</summary>
    public int BytesPerItem { get; private set; }

    /// <summary>Bytes of all places.</summary>
    public long Bytes => (long)_sequences.Length * BytesPerItem;

    /// <summary>Numbers of a part.</summary>
    internal int Width { get; private set; }

    /// <summary>Allocates places for parts of so many numbers.</summary>
    internal void Allocate(int width)
    {
        Debug.Assert(_sets == 0, "one store serves one model");
        Width = width;
        BytesPerItem = (width * sizeof(ushort)) + PlaceBytes;
        long sets = Math.Min(budget / BytesPerItem, Array.MaxLength / width) / Ways;
        _sets = (int)sets;
        int places = _sets * Ways;
        _halves = GC.AllocateUninitializedArray<ushort>(places * width, pinned: true);
        (_first, _second, _sequences, _asked) = (new ulong[places], new ulong[places], new int[places], new int[places]);
    }

    /// <summary>Copies the item's part, if it is there.</summary>
    internal bool TryFind(in FloatHash.Wide hash, Span<ushort> part)
    {
        int set = Set(hash);
        for (int place = set; place < set + Ways && _sets > 0; place++)
        {
            int sequence = Volatile.Read(ref _sequences[place]);
            if ((sequence & 1) != 0 || sequence == 0 || _first[place] != hash.First || _second[place] != hash.Second)
                continue;
            _halves.AsSpan(place * Width, Width).CopyTo(part);
            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref _sequences[place]) != sequence)
                break;
            _asked[place] = Volatile.Read(ref _clock);
            return true;
        }

        return false;
    }

    /// <summary>Keeps a part in the place of whichever of its set was not asked for longest.</summary>
    internal void Keep(in FloatHash.Wide hash, ReadOnlySpan<ushort> part)
    {
        if (_sets == 0)
            return;
        int set = Set(hash), oldest = set, now = Volatile.Read(ref _clock);
        for (int place = set + 1; place < set + Ways; place++)
        {
            if (now - _asked[place] > now - _asked[oldest])
                oldest = place;
        }

        // Odd while it is written; another writer in the meantime goes without. 0 is a place never written.
        int sequence = Volatile.Read(ref _sequences[oldest]);
        if ((sequence & 1) != 0 || Interlocked.CompareExchange(ref _sequences[oldest], sequence + 1, sequence) != sequence)
            return;
        (_first[oldest], _second[oldest], _asked[oldest]) = (hash.First, hash.Second, now);
        part.CopyTo(_halves.AsSpan(oldest * Width, Width));
        Volatile.Write(ref _sequences[oldest], sequence + 2 == 0 ? 2 : sequence + 2);
    }

    /// <summary>Counts one request's items, and lets time pass.</summary>
    internal void Count(int hits, int misses)
    {
        Interlocked.Add(ref _hits, hits);
        Interlocked.Add(ref _misses, misses);
        Interlocked.Increment(ref _clock);
    }

    private int Set(in FloatHash.Wide hash) => _sets == 0 ? 0 : (int)(hash.First % (ulong)_sets) * Ways;
}
