using System.Runtime.CompilerServices;
using RecServe.Kernels;

namespace RecServe.Embeddings;

public sealed unsafe partial class ResidentTable
{
    // Misses are rare, so they are gathered across groups until there are enough to hide each other's memory accesses.
    private const int MissGroup = 32;

    /// <summary>Answers keys whose slot holds another: from the delta of their part, else by the default row. Gives the number found.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int ResolveMisses(PartDirectory directory, ulong* keys, int* misses, int count, float* values, bool* found)
    {
        nint* homes = stackalloc nint[MissGroup + Group];
        nint* rows = stackalloc nint[MissGroup + Group];
        var indices = new MissIndices();
        for (int j = 0; j < count; j++)
        {
            ulong hash = directory.Hash.Of(keys[misses[j]]);
            DeltaIndex? index = directory.PartOf(hash).Delta.Index;
            indices[j] = index;
            homes[j] = index is null ? 0 : (nint)index.Home(hash);
            Prefetch.Read((void*)homes[j]);
        }

        int hits = 0;
        for (int j = 0; j < count; j++)
        {
            rows[j] = 0;
            if (indices[j] is not { } index)
                continue;
            DeltaEntry* entry = index.Find(keys[misses[j]], (DeltaEntry*)homes[j]);
            int number = entry is null ? 0 : Volatile.Read(ref entry->Row);
            if (number <= 0)
                continue;

            // The index may be older than the row: a block added since is in the delta's own.
            rows[j] = (nint)(index.Holds(number) ? index : indices[j] = directory.PartOf(directory.Hash.Of(keys[misses[j]])).Delta.Index!).Row(number);
            Prefetch.Read((byte*)rows[j], _layout.RowBytes, aligned: false);
            hits++;
        }

        for (int j = 0; j < count; j++)
        {
            float* target = values + (long)misses[j] * Dim;
            nint row = rows[j];
            if (row != 0)
            {
                RowCodec.DecodeRows(_layout.Precision, Dim, new RowBatch(&row, 1, null, 0, default), target);
                continue;
            }

            (keys[misses[j]] == 0 ? _missing : _default).CopyTo(new Span<float>(target, Dim));
            if (found is not null)
                found[misses[j]] = false;
        }

        GC.KeepAlive(directory);
        indices.KeepAlive();
        return hits;
    }

    /// <summary>Holds the deltas' indices alive while addresses into them are in use.</summary>
    [InlineArray(MissGroup + Group)]
    private struct MissIndices
    {
        private DeltaIndex? _first;

        public readonly void KeepAlive() => GC.KeepAlive(_first);
    }
}
