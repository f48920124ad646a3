using System.Runtime.CompilerServices;
using RecServe.Kernels;

namespace RecServe.Embeddings;

public sealed unsafe partial class ResidentTable
{
    // Keys under way together. Measured: 16 do not hide a memory access, beyond 40 nothing is gained.
    private const int Group = SlotMath.Group;

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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // The first requests must not run through unoptimised tiers: every vector goes through memory there.
    private int GatherBatch(PartDirectory directory, ulong* keys, int count, float* values, bool* found)
    {
        ulong* bothHashes = stackalloc ulong[2 * Group];
        nint* bothPilots = stackalloc nint[2 * Group];
        nint* bothFirstSlots = stackalloc nint[2 * Group];
        nint* bothRows = stackalloc nint[2 * Group];
        ulong* buckets = stackalloc ulong[Group];
        ulong* padded = stackalloc ulong[Group];
        ulong* differences = stackalloc ulong[Group];
        int* misses = stackalloc int[MissGroup + Group + 1];
        int missCount = 0, hits = count, dim = Dim, groups = (count + Group - 1) / Group;
        var math = new SlotMath(directory.Parts[0].Descriptor.Size, _layout.SlotBytes);
        for (int g = 0; g < groups + 2; g++)
        {
            int side = (g & 1) * Group, other = Group - side;
            if (g < groups)
            {
                // A last group that is not full repeats its first key, so that every loop has the same length.
                int first = g * Group;
                ulong* group = count - first >= Group ? keys + first : Pad(keys + first, count - first, padded);
                directory.Hash.Of(group, Group, bothHashes + side);
                FindPilots(directory, math, bothHashes + side, bothPilots + side, bothFirstSlots + side, buckets);
            }

            nint* rows = bothRows + side, nextRows = bothRows + other;
            int ahead = g >= 1 && g <= groups ? Group : 0;
            if (ahead > 0)
                FindSlots(directory, math, bothHashes + other, bothPilots + other, bothFirstSlots + other, nextRows);
            if (g < 2)
            {
                for (int j = 0; j < ahead; j++)
                    Prefetch.Read((byte*)nextRows[j], _layout.SlotBytes, _layout.Place.IsAligned);
                continue;
            }

            int third = (g - 2) * Group, k = Math.Min(Group, count - third);
                var batch = new RowBatch(rows, k, nextRows, ahead, _layout.Place);
            if (RowCodec.DecodeKeyedRows(_layout.Precision, dim, batch, keys + third, differences, values + (long)third * dim) != 0)
            {
                for (int j = 0; j < k; j++)
                {
                    misses[missCount] = third + j;
                    missCount += differences[j] != 0 ? 1 : 0;
                }
            }

            if (missCount >= MissGroup || (missCount > 0 && g == groups + 1))
            {
                hits -= missCount - ResolveMisses(directory, keys, misses, missCount, values, found);
                missCount = 0;
            }
        }

        return hits;
    }

    private static ulong* Pad(ulong* keys, int count, ulong* padded)
    {
        new ReadOnlySpan<ulong>(keys, count).CopyTo(new Span<ulong>(padded, Group));
        new Span<ulong>(padded + count, Group - count).Fill(keys[0]);
        return padded;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FindPilots(PartDirectory directory, SlotMath math, ulong* hashes, nint* pilots, nint* firstSlots, ulong* buckets)
    {
        PartDescriptor* descriptors = directory.Descriptors;
        int shift = 32 - directory.Depth;
        if (directory.IsUniform)
        {
            math.Buckets(hashes, buckets);
            nint* slots = directory.FirstSlots, starts = directory.FirstPilots;
            for (int j = 0; j < Group; j += 4)
            {
                FindPilot(slots, starts, shift, hashes + j, buckets + j, pilots + j, firstSlots + j);
                FindPilot(slots, starts, shift, hashes + j + 1, buckets + j + 1, pilots + j + 1, firstSlots + j + 1);
                FindPilot(slots, starts, shift, hashes + j + 2, buckets + j + 2, pilots + j + 2, firstSlots + j + 2);
                FindPilot(slots, starts, shift, hashes + j + 3, buckets + j + 3, pilots + j + 3, firstSlots + j + 3);
            }

            return;
        }

        for (int j = 0; j < Group; j++)
        {
            PartDescriptor* part = descriptors + (nint)((hashes[j] >> 32) >> shift);
            byte* pilot = part->Pilots + part->Size.Bucket(hashes[j]);
            Prefetch.Read(pilot);
            pilots[j] = (nint)pilot;
            firstSlots[j] = (nint)part->Slots;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FindPilot(nint* slots, nint* pilots, int shift, ulong* hash, ulong* bucket, nint* pilot, nint* firstSlot)
    {
        // The upper half of the hash holds the part's bits: loading it alone saves a shift.
        ulong part = (ulong)((uint*)hash)[1] >> shift;
        nint address = pilots[part] + (nint)(*bucket);
        Prefetch.Read((void*)address);
        *pilot = address;
        *firstSlot = slots[part];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void FindSlots(PartDirectory directory, SlotMath math, ulong* hashes, nint* pilots, nint* firstSlots, nint* slots)
    {
        if (directory.IsUniform)
        {
            math.Slots(hashes, pilots, firstSlots, slots);
            return;
        }

        int shift = 32 - directory.Depth;
        for (int j = 0; j < Group; j++)
        {
            PartDescriptor* part = directory.Descriptors + (nint)((hashes[j] >> 32) >> shift);
            slots[j] = firstSlots[j] + (nint)part->Size.Slot(hashes[j], *(byte*)pilots[j]) * _layout.SlotBytes;
        }
    }
}
