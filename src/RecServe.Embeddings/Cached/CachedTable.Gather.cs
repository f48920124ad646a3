using System.Numerics;
using System.Runtime.CompilerServices;
using RecServe.Kernels;

namespace RecServe.Embeddings;

public sealed unsafe partial class CachedTable
{
    // Keys under way together. Measured: 16 do not hide a memory access, beyond 40 nothing is gained.
    private const int Group = 32;

    // The precision of every row, or -1 when there are several; see Allow.
    private int _only;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The lengths do not fit together.</exception>
    /// <exception cref="ObjectDisposedException">The table was disposed of.</exception>
    public int Gather(ReadOnlySpan<ulong> keys, Span<float> values, Span<bool> found = default)
    {
        if (values.Length != (long)keys.Length * Width)
            throw new ArgumentException($"{keys.Length} rows of {Width} floats need {(long)keys.Length * Width} floats, not {values.Length}", nameof(values));
        if (!found.IsEmpty && found.Length != keys.Length)
            throw new ArgumentException($"{keys.Length} keys need as many answers, not {found.Length}", nameof(found));
        int reader = _epochs.Enter();
        try
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
            fixed (ulong* key = keys)
            fixed (float* value = values)
            fixed (bool* hit = found)
            {
                found.Fill(true);
                return GatherBatch(Volatile.Read(ref _only), key, keys.Length, value, found.IsEmpty ? null : hit);
            }
        }
        finally
        {
            _epochs.Exit(reader);
        }
    }

    /// <summary>
    /// Three groups are under way at a time: 1. hash the keys of one and ask for their buckets; 2. find the rows of the group before; 3. compare keys and
    /// decode the group before that, asking for the rows of 2 meanwhile. Keys that do not match are looked up again with care.
    /// </summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // The first requests must not run through unoptimised tiers.
    private int GatherBatch(int only, ulong* keys, int count, float* values, bool* found)
    {
        ulong* bothHashes = stackalloc ulong[2 * Group];
        nint* bothBuckets = stackalloc nint[2 * Group];
        nint* bothRows = stackalloc nint[2 * Group];
        ulong* differences = stackalloc ulong[Group];
        int* misses = stackalloc int[MissGroup + Group + 1], inOrder = stackalloc int[Group];
        for (int j = 0; j < Group; j++)
            inOrder[j] = j;
        int missCount = 0, hits = count, dim = Width, groups = (count + Group - 1) / Group;
        bool someBlank = false, nextBlank = false;

        // Fields are read once: the writes in between would make every access read them again.
        byte* blank = _arena.Start, index = _index.Start;
        uint bucketCount = _index.Count;
        int unitShift = _arena.UnitBits;
        KeyHash hash = _hash;
        for (int g = 0; g < groups + 2; g++)
        {
            int side = (g & 1) * Group, other = Group - side;
            if (g < groups)
            {
                int first = g * Group, k1 = Math.Min(Group, count - first);
                hash.Of(keys + first, k1, bothHashes + side);
                AskBuckets(index, bucketCount, bothHashes + side, k1, bothBuckets + side);
            }

            int ahead = 0;
            nint* rows = bothRows + side, nextRows = bothRows + other;
            if (g > groups)
            {
                someBlank = nextBlank;
            }
            else if (g >= 1)
            {
                ahead = Math.Min(Group, count - ((g - 1) * Group));
                (someBlank, nextBlank) = (nextBlank, FindRows(bothBuckets + other, bothHashes + other, ahead, blank, unitShift, nextRows));
            }

            if (g < 2)
            {
                for (int j = 0; j < ahead; j++)
                    Ask(only, (byte*)nextRows[j]);
                continue;
            }

            int third = (g - 2) * Group, k = Math.Min(Group, count - third);
            ulong* wanted = keys + third;

            float* target = values + ((long)third * dim);
            if (only >= 0)
            {
                RowPrecision precision = (RowPrecision)only;
                var batch = new RowBatch(rows, k, nextRows, ahead, _arena[precision].Place);
                if (RowCodec.DecodeKeyedRows(precision, dim, batch, wanted, differences, target) != 0 | someBlank)
                    missCount = Compare(rows, differences, k, blank, third, misses, missCount);
            }
            else
            {
                for (int j = 0; j < ahead; j++)
                    Ask(only, (byte*)nextRows[j]);
                for (int j = 0; j < k; j++)
                    differences[j] = Volatile.Read(ref *(ulong*)rows[j]) ^ wanted[j];
                missCount = Compare(rows, differences, k, blank, third, misses, missCount);
                DecodeMixed(rows, inOrder, k, target);
            }

            if (missCount >= MissGroup || (missCount > 0 && g == groups + 1))
            {
                hits -= missCount - ResolveMisses(only, keys, misses, missCount, values, found);
                missCount = 0;
            }
        }

        return hits;
    }

    // The steps are methods of their own so that each has the registers to itself.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void AskBuckets(byte* index, uint bucketCount, ulong* hashes, int count, nint* buckets)
    {
        for (int j = 0; j < count; j++)
        {
            byte* bucket = RowIndex.First(index, bucketCount, hashes[j]);
            Prefetch.Read(bucket);
            buckets[j] = (nint)bucket;
        }
    }

    /// <summary>The row of each key's first entry whose fingerprint fits, or the blank one; whether there is a blank one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static bool FindRows(nint* buckets, ulong* hashes, int count, byte* blank, int unitShift, nint* rows)
    {
        uint least = uint.MaxValue;
        byte nowhere;
        for (int j = 0; j < count; j++)
        {
            byte* bucket = (byte*)buckets[j];
            uint place = Visit(bucket, RowIndex.Matches(bucket, hashes[j]), &nowhere);
            least = Math.Min(least, place);
            rows[j] = (nint)(blank + ((nuint)place << unitShift));
        }

        return least == 0;
    }

    /// <summary>Notes the keys whose row is another's. Without a branch: which keys miss cannot be foretold.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int Compare(nint* rows, ulong* differences, int count, byte* blank, int first, int* misses, int missCount)
    {
        for (int j = 0; j < count; j++)
        {
            bool miss = differences[j] != 0 | (byte*)rows[j] == blank;
            misses[missCount] = first + j;
            missCount += *(byte*)&miss;
        }

        return missCount;
    }

    /// <summary>The place in a bucket's first matching entry, or 0; and a visit counted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Visit(byte* bucket, uint matches, byte* nowhere)
    {
        uint i = (uint)BitOperations.TrailingZeroCount(matches | (1u << RowIndex.Ways));

        // 1 if there is a match, else 0: as a condition it would become a branch.
        uint match = (matches | (0 - matches)) >> 31, place = Volatile.Read(ref ((uint*)bucket)[i]) & (0 - match);
        RowIndex.Visit(bucket, i, match, nowhere);
        return place;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Ask(int only, byte* row)
    {
        RowPlace place = _arena[only >= 0 ? (RowPrecision)only : _arena.PrecisionAt(row)].Place;
        Prefetch.Read(row, place.Bytes, place.IsAligned);
    }

    private void Decode(int only, nint* rows, int* numbers, int count, float* values)
    {
        if (only >= 0)
            RowCodec.DecodeScattered((RowPrecision)only, Width, new RowBatch(rows, count, null, 0, _arena[(RowPrecision)only].Place), numbers, values);
        else
            DecodeMixed(rows, numbers, count, values);
    }

    /// <summary>Decodes rows of several precisions, those of one precision together: a row of another kind than the last costs a wrong guess, 5 to 9 ns.</summary>
    [SkipLocalsInit]
    private void DecodeMixed(nint* rows, int* numbers, int count, float* values)
    {
        nint* sorted = stackalloc nint[MissGroup + Group];
        int* sortedNumbers = stackalloc int[MissGroup + Group];
        int* starts = stackalloc int[RowArena.Precisions + 1];
        new Span<int>(starts, RowArena.Precisions + 1).Clear();
        for (int j = 0; j < count; j++)
            starts[(int)_arena.PrecisionAt((byte*)rows[j]) + 1]++;
        for (int p = 0; p < RowArena.Precisions; p++)
            starts[p + 1] += starts[p];
        for (int j = 0; j < count; j++)
        {
            int at = starts[(int)_arena.PrecisionAt((byte*)rows[j])]++;
            sorted[at] = rows[j];
            sortedNumbers[at] = numbers[j];
        }

        for (int p = 0, first = 0; p < RowArena.Precisions; first = starts[p++])
        {
            if (starts[p] > first)
                RowCodec.DecodeScattered((RowPrecision)p, Width, new RowBatch(sorted + first, starts[p] - first, null, 0, _arena[(RowPrecision)p].Place), sortedNumbers + first, values);
        }
    }
}
