using RecServe.Kernels;

namespace RecServe.Embeddings;

public sealed unsafe partial class CachedTable
{
    // Entries that the hand looks at for one promotion at most, and rows of other lengths that may give way to one.
    private const int MostLooked = 256, MostEvicted = 16;

    private long _hand, _mixedSince;

    /// <summary>Whether a row that is not here may come: there is room, or rows that were asked for less often have given way.</summary>
    private bool Admit(ulong hash, RowPrecision precision)
    {
        SlotClass slots = _arena[precision];
        int looked = 0;
        for (int evicted = 0; !HasRoom(slots); evicted++)
        {
            if (evicted == MostEvicted || !TryEvict(_sketch.Estimate(hash), ref looked))
                return false;
        }

        return true;
    }

    private bool HasRoom(SlotClass slots) =>
        _arena.Rows < _mostRows && _arena.SpareBytes >= _reserve + slots.SlotBytes && (slots.Spare > 0 || _arena.FreePages > 0 || Compact(slots));

    /// <summary>
    /// Moves the hand to the next row without a visit, and evicts it if its key was asked for less often than <paramref name="frequency"/>
    /// of late. A visit that the hand takes off counts as one asking.
    /// </summary>
    private bool TryEvict(int frequency, ref int looked)
    {
        long entries = (long)_index.Count * RowIndex.Ways;
        for (long passed = 0; looked < MostLooked && passed < entries; passed++)
        {
            int way = (int)(_hand % RowIndex.Ways);
            uint* bucket = _index.Bucket((uint)(_hand / RowIndex.Ways)), entry = bucket + way;
            _hand = _hand + 1 == entries ? 0 : _hand + 1;
            uint place = *entry;
            if (place == 0)
                continue;
            looked++;
            ulong hash = _hash.Of(*(ulong*)_arena.Address(place));
            if (RowIndex.Visits((byte*)bucket, way) > 0)
            {
                RowIndex.TakeVisit((byte*)bucket, way);
                _sketch.Add(hash);
                continue;
            }

            if (_sketch.Estimate(hash) >= frequency)
                return false;
            Remove(entry, hash);
            return true;
        }

        return false;
    }

    /// <summary>Ends an entry of a hash's first bucket for it, one that nobody came by of late: both of its buckets are full, as only chosen keys make them.</summary>
    private bool MakeRoom(ulong hash)
    {
        uint* bucket = (uint*)_index.First(hash);
        for (int i = 0; i < RowIndex.Ways; i++)
        {
            uint place = bucket[i];
            ulong other = _hash.Of(*(ulong*)_arena.Address(place));
            if (RowIndex.Visits((byte*)bucket, i) > 0)
            {
                RowIndex.TakeVisit((byte*)bucket, i);
                _sketch.Add(other);
                continue;
            }

            if (_sketch.Estimate(other) >= _sketch.Estimate(hash))
                continue;
            Remove(bucket + i, other);
            return true;
        }

        return false;
    }

    /// <summary>A free place for a row, or 0: readers may still look at those that were given up, or have not heard of a second precision.</summary>
    private uint TakePlace(RowPrecision precision)
    {
        if (!Allow(precision))
            return 0;
        uint place = _arena.Take(precision);
        if (place != 0)
            return place;
        _epochs.Advance();
        _arena.Settle(_epochs.Oldest());
        return _arena.Take(precision);
    }

    /// <summary>
    /// While all rows have one precision, readers decode by that and look nothing up. Before the first row of another comes, every reader must have begun
    /// after the table said so.
    /// </summary>
    private bool Allow(RowPrecision precision)
    {
        if (_only == (int)precision)
            return true;
        if (_only >= 0)
        {
            Volatile.Write(ref _only, -1);
            _mixedSince = _epochs.Advance();
        }

        return _mixedSince == 0 || AllKnow();
    }

    /// <summary>Notes that all rows have one precision again.</summary>
    private void NotePrecisions()
    {
        if (_only >= 0 || _mixedSince != 0 || _arena.PrecisionsInUse != 1)
            return;
        for (int p = 0; p < RowArena.Precisions; p++)
        {
            if (_arena[(RowPrecision)p].Pages > 0)
                Volatile.Write(ref _only, p);
        }
    }

    private bool AllKnow()
    {
        if (_epochs.Oldest() <= _mixedSince)
            return false;
        _mixedSince = 0;
        return true;
    }

    /// <summary>
    /// The spare places are of other precisions: moves the rows out of the emptiest page of one that has two pages' worth of them. Gives whether there is a
    /// page now; the last reader of the moved rows may have to leave first.
    /// </summary>
    private bool Compact(SlotClass wanted)
    {
        for (int p = 0; p < RowArena.Precisions; p++)
        {
            SlotClass slots = _arena[(RowPrecision)p];
            if (slots == wanted || slots.Free < 2L * slots.SlotsPerPage)
                continue;
            int page = _arena.Drain(slots.Precision);
            if (page >= 0)
                MoveRows(page, slots);
            _epochs.Advance();
            _arena.Settle(_epochs.Oldest());
            if (_arena.FreePages > 0)
                return true;
        }

        return false;
    }

    private void MoveRows(int page, SlotClass slots)
    {
        foreach (uint place in _arena.PlacesOf(page))
        {
            byte* from = _arena.Address(place);
            ulong key = *(ulong*)from, hash = _hash.Of(key);
            uint* entry = _index.Find(key, hash);
            if (entry is null || *entry != place)
                continue;
            Replace(entry, hash, key, _arena.VersionAt(place), slots.Precision, new ReadOnlySpan<byte>(from + RowLayout.KeyBytes, slots.RowBytes));
        }
    }
}
