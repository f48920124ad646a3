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
        int* misses = stackalloc int[MissGroup + Group + 1];
        int missCount = 0, hits = count, dim = Width, groups = (count + Group - 1) / Group;
        byte* blank = _arena.Start;
        for (int g = 0; g < groups + 2; g++)
        {
            int side = (g & 1) * Group, other = Group - side;
            if (g < groups)
            {
                int first = g * Group, k1 = Math.Min(Group, count - first);
                ulong* hashes = bothHashes + side;
                nint* buckets = bothBuckets + side;
                _hash.Of(keys + first, k1, hashes);
                for (int j = 0; j < k1; j++)
                {
                    byte* bucket = _index.First(hashes[j]);
                    Prefetch.Read(bucket);
                    buckets[j] = (nint)bucket;
                }
            }

            int ahead = 0;
            nint* rows = bothRows + side, nextRows = bothRows + other;
            if (g >= 1 && g <= groups)
            {
                ahead = Math.Min(Group, count - ((g - 1) * Group));
                FindRows(bothHashes + other, bothBuckets + other, ahead, nextRows);
            }

            if (g < 2)
            {
                for (int j = 0; j < ahead; j++)
                    Ask(only, (byte*)nextRows[j]);
                continue;
            }

            int third = (g - 2) * Group, k = Math.Min(Group, count - third);
            ulong* wanted = keys + third;
            if (only >= 0)
            {
                // Without a branch: which keys miss cannot be foretold.
                for (int j = 0; j < k; j++)
                {
                    misses[missCount] = third + j;
                    missCount += *(ulong*)rows[j] != wanted[j] | (byte*)rows[j] == blank ? 1 : 0;
                }

                RowPrecision precision = (RowPrecision)only;
                RowCodec.DecodeRows(precision, dim, new RowBatch(rows, k, nextRows, ahead, _arena[precision].Place), values + ((long)third * dim));
            }
            else
            {
                for (int j = 0; j < ahead; j++)
                    Ask(only, (byte*)nextRows[j]);
                for (int j = 0; j < k; j++)
                {
                    if (*(ulong*)rows[j] != wanted[j] | (byte*)rows[j] == blank)
                        misses[missCount++] = third + j;
                    else
                        DecodeOne((byte*)rows[j], values + ((long)(third + j) * dim));
                }
            }

            if (missCount >= MissGroup || (missCount > 0 && g == groups + 1))
            {
                hits -= missCount - ResolveMisses(keys, misses, missCount, values, found);
                missCount = 0;
            }
        }

        return hits;
    }

    /// <summary>The row of the first entry whose fingerprint fits, or the blank one; and a visit counted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void FindRows(ulong* hashes, nint* buckets, int count, nint* rows)
    {
        for (int j = 0; j < count; j++)
        {
            byte* bucket = (byte*)buckets[j];
            uint matches = RowIndex.Matches(bucket, hashes[j]);
            uint* entry = (uint*)bucket + (BitOperations.TrailingZeroCount(matches | (1u << RowIndex.Ways)));
            uint place = Volatile.Read(ref *entry);
            place = matches == 0 ? 0 : place;
            if (place - 1 < RowIndex.MostVisits - 1)
                Mark(entry, place);
            rows[j] = (nint)_arena.Address(place & RowIndex.PlaceMask);
        }
    }

    /// <summary>Readers write only until the count is full, so in the long run they write nothing and share every line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mark(uint* entry, uint place) => Interlocked.CompareExchange(ref *entry, place + RowIndex.Visit, place);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Ask(int only, byte* row)
    {
        RowPlace place = _arena[only >= 0 ? (RowPrecision)only : _arena.PrecisionAt(row)].Place;
        Prefetch.Read(row, place.Bytes, place.IsAligned);
    }

    private void DecodeOne(byte* row, float* values)
    {
        RowPrecision precision = _arena.PrecisionAt(row);
        nint address = (nint)row;
        RowCodec.DecodeRows(precision, Width, new RowBatch(&address, 1, null, 0, new RowPlace(RowLayout.KeyBytes, 0, true)), values);
    }
}
