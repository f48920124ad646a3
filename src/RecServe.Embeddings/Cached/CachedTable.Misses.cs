using System.Numerics;
using System.Runtime.CompilerServices;
using RecServe.Kernels;

namespace RecServe.Embeddings;

public sealed unsafe partial class CachedTable
{
    // Keys that their first match did not answer are gathered across groups until there are enough to hide each other's memory accesses.
    private const int MissGroup = 64;

    /// <summary>
    /// Answers keys whose first matching entry was another key's, that stand in their second bucket, or are not here: those get the default row. One in
    /// twenty rows is such a one where the index is full, so this too goes in steps without branches: first every key's next match (3 in 1,000 have more),
    /// then the search of those that are left. Gives the number found.
    /// </summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int ResolveMisses(int only, ulong* keys, int* misses, int count, float* values, bool* found)
    {
        ulong* hashes = stackalloc ulong[MissGroup + Group];
        nint* rows = stackalloc nint[MissGroup + Group + 1];
        int* numbers = stackalloc int[MissGroup + Group + 1], absent = stackalloc int[MissGroup + Group + 1];
        for (int j = 0; j < count; j++)
        {
            hashes[j] = _hash.Of(keys[misses[j]]);
            byte* first = _index.First(hashes[j]);
            Prefetch.Read(RowIndex.IsCrowded(first) ? _index.Second(hashes[j]) : first);
        }

        for (int j = 0; j < count; j++)
        {
            rows[j] = (nint)NextMatch(hashes[j]);
            Ask(only, (byte*)rows[j]);
        }

        int hits = 0, left = 0;
        for (int j = 0; j < count; j++)
        {
            int number = misses[j];
            byte* row = (byte*)rows[j];
            bool here = *(ulong*)row == keys[number] & row != _arena.Start;
            rows[hits] = (nint)row;
            numbers[hits] = number;
            absent[left] = j;
            hits += here ? 1 : 0;
            left += here ? 0 : 1;
        }

        Decode(only, rows, numbers, hits, values);
        for (int l = 0; l < left; l++)
        {
            int number = misses[absent[l]];
            ulong key = keys[number];
            if (TryFind(key, hashes[absent[l]], out byte* row))
            {
                nint address = (nint)row;
                Decode(only, &address, &number, 1, values);
                hits++;
                continue;
            }

            (key == 0 ? _missing : _default).CopyTo(new Span<float>(values + ((long)number * Width), Width));
            if (found is not null)
                found[number] = false;
        }

        return hits;
    }

    /// <summary>The row of the second entry that fits in the first bucket, else of the first that fits in the second bucket, else the blank one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* NextMatch(ulong hash)
    {
        byte* bucket = _index.First(hash);
        uint matches = RowIndex.Matches(bucket, hash);
        matches &= matches - 1;
        bool inSecond = matches == 0 & RowIndex.IsCrowded(bucket);
        bucket = inSecond ? _index.Second(hash) : bucket;
        matches = inSecond ? RowIndex.Matches(bucket, hash) : matches;
        byte nowhere;
        return _arena.Address(Visit(bucket, matches, &nowhere));
    }

    /// <summary>The row of a key, if it is here.</summary>
    private bool TryFind(ulong key, ulong hash, out byte* row)
    {
        uint* entry = _index.Find(key, hash);
        uint place = entry is null ? 0 : Volatile.Read(ref *entry);
        row = _arena.Address(place);

        // The entry may have become another key's since it was found.
        return place != 0 && *(ulong*)row == key;
    }
}
