using System.Runtime.CompilerServices;

namespace RecServe.Embeddings;

/// <summary>
/// Which bits of a hash choose what, for parts of one size. The part is chosen by bits 63…48, the bucket by 47…16, the slot by 31…0 and the bucket's
/// pilot; so a part's split or a directory's growth moves no key within its part.
/// </summary>
/// <param name="Slots">Slots of a part.</param>
/// <param name="Buckets">Buckets of a part, each with one pilot byte.</param>
internal readonly record struct PartSize(uint Slots, uint Buckets)
{
    /// <summary>Most bits of a hash that choose the part.</summary>
    public const int MaxDepth = 16;

    /// <summary>Lowest bit of a hash that chooses the bucket.</summary>
    public const int BucketShift = 16;

    /// <summary>What a pilot is multiplied with before it is mixed into a hash: 2^32 / golden ratio.</summary>
    public const uint PilotFactor = 0x9E3779B1;

    /// <summary>Spreads the mix over the upper bits, which choose the slot.</summary>
    public const uint SlotFactor = 0x85EBCA6B;

    /// <summary>Entry of a hash in a directory of 2^<paramref name="depth"/> entries.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Part(ulong hash, int depth) => (int)((hash >> 32) >> (32 - depth));

    /// <summary>
    /// Bucket of a hash: with x its 32 bits as a fraction, (7x² + x) / 8 of the buckets. The first tenth of the buckets takes 27 % of the keys and the first third
    /// 55 %: large buckets are placed while the part is empty, so that fewer pilots do for as many keys, and half of the look-ups share a third of the pilots' memory
    /// lines. Source: PtrHash's skewed bucket function, in a form of two multiplications.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Bucket(ulong hash)
    {
        ulong x = (uint)(hash >> BucketShift), square = (x * x) >> 32;
        return (uint)((((7 * square) + x >> 3) * Buckets) >> 32);
    }

    /// <summary>Slot of a hash under its bucket's pilot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Slot(ulong hash, byte pilot) => (uint)(((ulong)(((uint)hash ^ (pilot * PilotFactor)) * SlotFactor) * Slots) >> 32);
}
