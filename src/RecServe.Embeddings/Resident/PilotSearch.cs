namespace RecServe.Embeddings;

/// <summary>
/// Finds a pilot byte for every bucket of a part so that no two keys share a slot: full buckets first, and where no pilot is free the one
/// that disturbs least, whose victims look for another place. Source: PtrHash (Groot Koerkamp, arXiv 2502.15539), CHD before it.
/// </summary>
internal sealed class PilotSearch
{
    private const int Free = -1;

    // The first buckets hold 36 keys on average. One of more than this many, which no table of random keys has, goes into the delta.
    private const int LargestBucket = 128;

    // Random keys need some 0.02 evictions a bucket in a fresh part and 0.5 in one that is as full as parts get.
    private const int EvictionsPerBucket = 20;

    // Buckets placed a moment ago are not evicted again: without this two buckets can throw each other out for ever.
    private const int Recent = 16;

    private readonly ulong[] _hashes;
    private readonly int _count;
    private readonly PartSize _size;
    private readonly byte[] _pilots;
    private readonly int[] _starts, _keys, _owner;
    private readonly ulong[] _taken;
    private readonly int[] _recent = new int[Recent];
    private readonly List<int> _unplaced = [];
    private int _recentNext;

    private PilotSearch(ulong[] hashes, int count, PartSize size)
    {
        (_hashes, _count, _size) = (hashes, count, size);
        _pilots = new byte[size.Buckets];
        _starts = new int[size.Buckets + 1];
        _keys = new int[count];
        _owner = new int[size.Slots];
        _taken = new ulong[(size.Slots + 63) / 64];
        Array.Fill(_owner, Free);
        Array.Fill(_recent, -1);
    }

    /// <summary>Searches pilots.</summary>
    /// <param name="hashes">Hashes of the part's keys.</param>
    /// <param name="count">How many.</param>
    /// <param name="size">Sizes of the part.</param>
    /// <param name="unplaced">Indices of keys that share all 32 bits that choose a slot with another of their bucket, or found no place.</param>
    /// <returns>A pilot for each bucket.</returns>
    public static byte[] Run(ulong[] hashes, int count, PartSize size, out List<int> unplaced)
    {
        var search = new PilotSearch(hashes, count, size);
        search.SortIntoBuckets();
        search.PlaceAll();
        unplaced = search._unplaced;
        return search._pilots;
    }

    private void SortIntoBuckets()
    {
        int[] bucketOf = new int[_count];
        for (int i = 0; i < _count; i++)
        {
            bucketOf[i] = (int)_size.Bucket(_hashes[i]);
            _starts[bucketOf[i] + 1]++;
        }

        for (int b = 0; b < _starts.Length - 1; b++)
            _starts[b + 1] += _starts[b];
        int[] next = [.. _starts];
        for (int i = 0; i < _count; i++)
            _keys[next[bucketOf[i]]++] = i;
    }

    private void PlaceAll()
    {
        int largest = 0;
        for (int b = 0; b < _pilots.Length; b++)
            largest = Math.Max(largest, Keys(b).Length);
        int[] bySize = new int[largest + 2];
        for (int b = 0; b < _pilots.Length; b++)
            bySize[largest - Keys(b).Length + 1]++;
        for (int s = 0; s <= largest; s++)
            bySize[s + 1] += bySize[s];
        int[] order = new int[_pilots.Length];
        for (int b = 0; b < _pilots.Length; b++)
            order[bySize[largest - Keys(b).Length]++] = b;

        Stack<int> homeless = [];
        long evictions = (long)EvictionsPerBucket * _pilots.Length;
        foreach (int bucket in order)
        {
            if (Keys(bucket).IsEmpty)
                break;
            homeless.Push(bucket);
            while (homeless.TryPop(out int b))
            {
                if (!TryPlace(b) && (evictions <= 0 || !Evict(b, homeless, ref evictions)))
                    _unplaced.AddRange(Keys(b));
            }
        }
    }

    private ReadOnlySpan<int> Keys(int bucket) => _keys.AsSpan(_starts[bucket], _starts[bucket + 1] - _starts[bucket]);

    private bool TryPlace(int bucket)
    {
        ReadOnlySpan<int> keys = Keys(bucket);
        if (keys.Length > LargestBucket)
            return false;
        Span<uint> slots = stackalloc uint[keys.Length];
        for (int pilot = 0; pilot < 256; pilot++)
        {
            bool free = true;
            for (int i = 0; free && i < keys.Length; i++)
            {
                uint slot = _size.Slot(_hashes[keys[i]], (byte)pilot);
                slots[i] = slot;
                free = (_taken[slot >> 6] >> (int)(slot & 63) & 1) == 0 && !slots[..i].Contains(slot);
            }

            if (!free)
                continue;
            Settle(bucket, (byte)pilot, slots);
            return true;
        }

        return false;
    }

    private void Settle(int bucket, byte pilot, ReadOnlySpan<uint> slots)
    {
        _pilots[bucket] = pilot;
        foreach (uint slot in slots)
        {
            _owner[slot] = bucket;
            _taken[slot >> 6] |= 1UL << (int)(slot & 63);
        }
    }

    /// <summary>Takes the pilot whose victims are cheapest to move; false if every pilot makes two keys of the bucket collide.</summary>
    private bool Evict(int bucket, Stack<int> homeless, ref long evictions)
    {
        ReadOnlySpan<int> keys = Keys(bucket);
        if (keys.Length > LargestBucket)
            return false;
        Span<uint> slots = stackalloc uint[keys.Length], best = stackalloc uint[keys.Length];
        long least = long.MaxValue;
        int chosen = -1;
        for (int pilot = 0; pilot < 256 && least > 1; pilot++)
        {
            long cost = 0;
            for (int i = 0; i < keys.Length && cost < least; i++)
            {
                slots[i] = _size.Slot(_hashes[keys[i]], (byte)pilot);
                int owner = _owner[slots[i]];
                if (slots[..i].Contains(slots[i]) || (owner != Free && _recent.AsSpan().Contains(owner)))
                    cost = long.MaxValue;
                else if (owner != Free)
                    cost += (long)Keys(owner).Length * Keys(owner).Length;
            }

            if (cost >= least)
                continue;
            (least, chosen) = (cost, pilot);
            slots.CopyTo(best);
        }

        if (chosen < 0)
            return false;
        foreach (uint slot in best)
        {
            int victim = _owner[slot];
            if (victim == Free)
                continue;
            Unsettle(victim);
            homeless.Push(victim);
            evictions--;
        }

        Settle(bucket, (byte)chosen, best);
        _recent[_recentNext++ % Recent] = bucket;
        return true;
    }

    private void Unsettle(int bucket)
    {
        foreach (int key in Keys(bucket))
        {
            uint slot = _size.Slot(_hashes[key], _pilots[bucket]);
            _owner[slot] = Free;
            _taken[slot >> 6] &= ~(1UL << (int)(slot & 63));
        }
    }
}
