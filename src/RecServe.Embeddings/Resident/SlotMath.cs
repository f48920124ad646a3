using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RecServe.Embeddings;

/// <summary><see cref="PartSize"/>'s formulas for a group of keys at a time, all of whose parts have the same size.</summary>
internal readonly unsafe struct SlotMath(PartSize size, int slotBytes)
{
    /// <summary>Keys of a group.</summary>
    public const int Group = 32;

    /// <summary>Buckets of a group's hashes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Buckets(ulong* hashes, ulong* buckets)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<ulong> count = Vector512.Create((ulong)size.Buckets);
            for (int j = 0; j < Group; j += 8)
            {
                // The upper halves of the lanes hold other bits of the hash, which a multiplication ignores and the sum must not.
                Vector512<ulong> x = (Vector512.Load(hashes + j) >>> PartSize.BucketShift) & Vector512.Create((ulong)uint.MaxValue), square = Multiply(x, x) >>> 32;
                (Multiply((square << 3) - square + x >>> 3, count) >>> 32).Store(buckets + j);
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Vector256<ulong> count = Vector256.Create((ulong)size.Buckets);
            for (int j = 0; j < Group; j += 4)
            {
                Vector256<ulong> x = (Vector256.Load(hashes + j) >>> PartSize.BucketShift) & Vector256.Create((ulong)uint.MaxValue), square = Multiply(x, x) >>> 32;
                (Multiply((square << 3) - square + x >>> 3, count) >>> 32).Store(buckets + j);
            }
        }
        else
        {
            for (int j = 0; j < Group; j++)
                buckets[j] = size.Bucket(hashes[j]);
        }
    }

    /// <summary>Addresses of a group's slots.</summary>
    /// <param name="hashes">Hashes of the keys.</param>
    /// <param name="pilots">Addresses of the pilots of their buckets.</param>
    /// <param name="firstSlots">First slots of their parts.</param>
    /// <param name="slots">Receives the addresses.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Slots(ulong* hashes, nint* pilots, nint* firstSlots, nint* slots)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<ulong> pilotFactor = Vector512.Create((ulong)PartSize.PilotFactor), slotFactor = Vector512.Create((ulong)PartSize.SlotFactor),
                count = Vector512.Create((ulong)size.Slots), bytes = Vector512.Create((ulong)slotBytes);
            for (int j = 0; j < Group; j += 8)
            {
                Vector512<ulong> mixed = Multiply(Widen512(Eight(pilots + j)), pilotFactor) ^ Vector512.Load(hashes + j);
                Vector512<ulong> slot = Multiply(Multiply(mixed, slotFactor), count) >>> 32;
                (Vector512.Load((ulong*)firstSlots + j) + Multiply(slot, bytes)).Store((ulong*)slots + j);
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Vector256<ulong> pilotFactor = Vector256.Create((ulong)PartSize.PilotFactor), slotFactor = Vector256.Create((ulong)PartSize.SlotFactor),
                count = Vector256.Create((ulong)size.Slots), bytes = Vector256.Create((ulong)slotBytes);
            for (int j = 0; j < Group; j += 4)
            {
                Vector256<ulong> mixed = Multiply(Widen256(Four(pilots + j)), pilotFactor) ^ Vector256.Load(hashes + j);
                Vector256<ulong> slot = Multiply(Multiply(mixed, slotFactor), count) >>> 32;
                (Vector256.Load((ulong*)firstSlots + j) + Multiply(slot, bytes)).Store((ulong*)slots + j);
            }
        }
        else
        {
            for (int j = 0; j < Group; j++)
                slots[j] = firstSlots[j] + (nint)size.Slot(hashes[j], *(byte*)pilots[j]) * slotBytes;
        }
    }

    /// <summary>Buckets of a group's hashes, lengths checked.</summary>
    public void Buckets(ReadOnlySpan<ulong> hashes, Span<ulong> buckets)
    {
        fixed (ulong* from = hashes[..Group])
        fixed (ulong* to = buckets[..Group])
            Buckets(from, to);
    }

    /// <summary>Addresses of a group's slots, lengths checked.</summary>
    public void Slots(ReadOnlySpan<ulong> hashes, ReadOnlySpan<byte> pilots, ReadOnlySpan<nint> firstSlots, Span<nint> slots)
    {
        fixed (ulong* hash = hashes[..Group])
        fixed (byte* pilot = pilots[..Group])
        fixed (nint* first = firstSlots[..Group])
        fixed (nint* to = slots[..Group])
        {
            nint* addresses = stackalloc nint[Group];
            for (int j = 0; j < Group; j++)
                addresses[j] = (nint)(pilot + j);
            Slots(hash, addresses, first, to);
        }
    }

    /// <summary>Products of the lower halves of each lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Multiply(Vector512<ulong> a, Vector512<ulong> b) => Avx512F.IsSupported
        ? Avx512F.Multiply(a.AsUInt32(), b.AsUInt32())
        : (a & Vector512.Create((ulong)uint.MaxValue)) * (b & Vector512.Create((ulong)uint.MaxValue));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Multiply(Vector256<ulong> a, Vector256<ulong> b) => Avx2.IsSupported
        ? Avx2.Multiply(a.AsUInt32(), b.AsUInt32())
        : (a & Vector256.Create((ulong)uint.MaxValue)) * (b & Vector256.Create((ulong)uint.MaxValue));

    /// <summary>Eight pilots in the lower half, byte by byte into the register: through memory, the read of eight would wait for eight writes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Eight(nint* pilots)
    {
        Vector128<byte> bytes = Four(pilots);
        if (Sse41.IsSupported)
        {
            bytes = Sse41.Insert(bytes, *(byte*)pilots[4], 4);
            bytes = Sse41.Insert(bytes, *(byte*)pilots[5], 5);
            bytes = Sse41.Insert(bytes, *(byte*)pilots[6], 6);
            return Sse41.Insert(bytes, *(byte*)pilots[7], 7);
        }

        return bytes.AsUInt32().WithElement(1, Four(pilots + 4).AsUInt32().ToScalar()).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Four(nint* pilots)
    {
        if (Sse41.IsSupported)
        {
            Vector128<byte> bytes = Vector128.CreateScalarUnsafe((uint)*(byte*)pilots[0]).AsByte();
            bytes = Sse41.Insert(bytes, *(byte*)pilots[1], 1);
            bytes = Sse41.Insert(bytes, *(byte*)pilots[2], 2);
            return Sse41.Insert(bytes, *(byte*)pilots[3], 3);
        }

        return Vector128.CreateScalar(*(byte*)pilots[0] | (uint)*(byte*)pilots[1] << 8 | (uint)*(byte*)pilots[2] << 16 | (uint)*(byte*)pilots[3] << 24).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Widen512(Vector128<byte> bytes) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector512UInt64(bytes)
        : Vector512.Create(Widen256(bytes), Widen256(Vector128.CreateScalarUnsafe(bytes.AsUInt32().GetElement(1)).AsByte()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Widen256(Vector128<byte> bytes)
    {
        if (Avx2.IsSupported)
            return Avx2.ConvertToVector256Int64(bytes).AsUInt64();
        Vector128<uint> words = Vector128.WidenLower(Vector128.WidenLower(bytes));
        return Vector256.Create(Vector128.WidenLower(words), Vector128.WidenUpper(words));
    }
}
