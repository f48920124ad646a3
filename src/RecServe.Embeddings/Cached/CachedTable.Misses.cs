using System.Numerics;
using System.Runtime.CompilerServices;
using RecServe.Kernels;

namespace RecServe.Embeddings;

public sealed unsafe partial class CachedTable
{
    // Misses are gathered across groups until there are enough to hide each other's memory accesses.
    private const int MissGroup = 32;

    /// <summary>
    /// Answers keys whose first matching entry was another key's, that stand in their second bucket, or are not here: those get the default row. Gives the
    /// number found.
    /// </summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int ResolveMisses(ulong* keys, int* misses, int count, float* values, bool* found)
    {
        ulong* hashes = stackalloc ulong[MissGroup + Group];
        bool* inSecond = stackalloc bool[MissGroup + Group];
        for (int j = 0; j < count; j++)
        {
            hashes[j] = _hash.Of(keys[misses[j]]);
            inSecond[j] = RowIndex.IsCrowded(_index.First(hashes[j]));
            if (inSecond[j])
                Prefetch.Read(_index.Second(hashes[j]));
        }

        for (int j = 0; j < count; j++)
        {
            if (!inSecond[j])
                continue;
            byte* bucket = _index.Second(hashes[j]);
            uint matches = RowIndex.Matches(bucket, hashes[j]);
            if (matches != 0)
                Prefetch.Read(_arena.Address(((uint*)bucket)[BitOperations.TrailingZeroCount(matches)] & RowIndex.PlaceMask));
        }

        int hits = 0;
        for (int j = 0; j < count; j++)
        {
            ulong key = keys[misses[j]];
            float* target = values + ((long)misses[j] * Width);
            uint* entry = _index.Find(key, hashes[j]);
            uint place = entry is null ? 0 : Volatile.Read(ref *entry);
            byte* row = _arena.Address(place & RowIndex.PlaceMask);
            // The entry may have become another key's since it was found.
            if ((place & RowIndex.PlaceMask) != 0 && *(ulong*)row == key)
            {
                if (place < RowIndex.MostVisits)
                    Mark(entry, place);
                DecodeOne(row, target);
                hits++;
                continue;
            }

            (key == 0 ? _missing : _default).CopyTo(new Span<float>(target, Width));
            if (found is not null)
                found[misses[j]] = false;
        }

        return hits;
    }
}
