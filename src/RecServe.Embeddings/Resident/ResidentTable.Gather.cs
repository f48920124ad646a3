using System.Runtime.CompilerServices;
using RecServe.Kernels;

namespace RecServe.Embeddings;

public sealed unsafe partial class ResidentTable
{
    // Keys under way together. Measured: 16 do not hide a memory access, beyond 40 nothing is gained.
    private const int Group = 32;

    /// <summary>Writes the rows of keys, one after another.</summary>
    /// <param name="keys">Row keys, any number, repeated or not.</param>
    /// <param name="values">keys.Length · <see cref="Dim"/> floats.</param>
    /// <param name="found">Receives whether each key has a row; empty, or keys.Length long.</param>
    /// <returns>How many of the keys have a row; the others got the default row.</returns>
    /// <exception cref="ArgumentException">The lengths do not fit together.</exception>
    /// <exception cref="ObjectDisposedException">The table was disposed of.</exception>
    public int Gather(ReadOnlySpan<ulong> keys, Span<float> values, Span<bool> found = default)
    {
        if (values.Length != (long)keys.Length * Dim)
            throw new ArgumentException($"{keys.Length} rows of {Dim} floats need {(long)keys.Length * Dim} floats, not {values.Length}", nameof(values));
        if (!found.IsEmpty && found.Length != keys.Length)
            throw new ArgumentException($"{keys.Length} keys need as many answers, not {found.Length}", nameof(found));
        int place = _epochs.Enter();
        try
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
            PartDirectory directory = Directory;
            fixed (ulong* key = keys)
            fixed (float* value = values)
            fixed (bool* hit = found)
            {
                if (!found.IsEmpty)
                    found.Fill(true);
                int answered = GatherBatch(directory, key, keys.Length, value, hit);
                GC.KeepAlive(directory);
                return answered;
            }
        }
        finally
        {
            _epochs.Exit(place);
        }
    }

    /// <summary>
    /// Three groups are under way at a time: 1. hash the keys of one and ask for their pilots; 2. turn the pilots of the group before into
    /// slots; 3. compare and decode the group before that, asking for the slots of 2 meanwhile. Keys that do not match are looked up in the deltas.
    /// </summary>
    [SkipLocalsInit]
    private int GatherBatch(PartDirectory directory, ulong* keys, int count, float* values, bool* found)
    {
        ulong* hashes = stackalloc ulong[2 * Group];
        nint* pilots = stackalloc nint[2 * Group];
        nint* rows = stackalloc nint[2 * Group];
        int* misses = stackalloc int[MissGroup + Group];
        int missCount = 0, hits = count, dim = Dim, slotBytes = _layout.SlotBytes, groups = (count + Group - 1) / Group;
        PartDescriptor* descriptors = directory.Descriptors;
        int depth = directory.Depth;
        KeyHash hash = directory.Hash;
        for (int g = 0; g < groups + 2; g++)
        {
            int first = g * Group, n = Math.Min(Group, count - first), side = (g & 1) * Group, otherSide = Group - side;
            if (n > 0)
            {
                hash.Of(keys + first, n, hashes + side);
                for (int j = 0; j < n; j++)
                {
                    PartDescriptor* part = descriptors + PartDescriptor.Part(hashes[side + j], depth);
                    byte* pilot = part->Pilots + part->Bucket(hashes[side + j]);
                    Prefetch.Read(pilot);
                    pilots[side + j] = (nint)pilot;
                }
            }

            int second = first - Group, m = Math.Min(Group, count - second);
            if (second >= 0 && m > 0)
            {
                for (int j = 0; j < m; j++)
                {
                    ulong h = hashes[otherSide + j];
                    PartDescriptor* part = descriptors + PartDescriptor.Part(h, depth);
                    rows[otherSide + j] = (nint)(part->Slots + (long)part->Slot(h, *(byte*)pilots[otherSide + j]) * slotBytes);
                }
            }
            else
            {
                m = 0;
            }

            int third = second - Group;
            if (third < 0)
            {
                for (int j = 0; j < m; j++)
                    Prefetch.Read((byte*)rows[otherSide + j], slotBytes, _layout.Place.IsAligned);
                continue;
            }

            int k = Math.Min(Group, count - third);
            for (int j = 0; j < k; j++)
            {
                misses[missCount] = third + j;
                missCount += Volatile.Read(ref *(ulong*)rows[side + j]) != keys[third + j] ? 1 : 0;
            }

            var batch = new RowBatch(rows + side, k, rows + otherSide, m, _layout.Place);
            RowCodec.DecodeRows(_layout.Precision, dim, batch, values + (long)third * dim);
            if (missCount >= MissGroup || (missCount > 0 && g == groups + 1))
            {
                hits -= missCount - ResolveMisses(directory, keys, misses, missCount, values, found);
                missCount = 0;
            }
        }

        return hits;
    }
}
