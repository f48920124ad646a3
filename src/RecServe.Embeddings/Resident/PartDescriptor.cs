using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RecServe.Embeddings;

/// <summary>What a look-up needs to know of a part, in half a memory line.</summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal unsafe struct PartDescriptor
{
    /// <summary>Most bits of a hash that choose the part.</summary>
    public const int MaxDepth = 16;

    /// <summary>One pilot byte a bucket.</summary>
    public byte* Pilots;

    /// <summary>First slot.</summary>
    public byte* Slots;

    /// <summary>Buckets of the part.</summary>
    public uint Buckets;

    /// <summary>Slots of the part.</summary>
    public uint SlotCount;

    /// <summary>Odd multiplier of the part: another one when no pilots were found.</summary>
    public uint Multiplier;

    /// <summary>Part of a hash in a directory of 2^<paramref name="depth"/> entries.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Part(ulong hash, int depth) => (uint)((hash >> 32) >> (32 - depth));

    /// <summary>Bucket of a hash, from the bits below the 16 that parts are chosen by: splitting a part never moves a key's bucket bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly uint Bucket(ulong hash) => (uint)(((hash >> 16 & uint.MaxValue) * Buckets) >> 32);

    /// <summary>Slot of a hash under its bucket's pilot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly uint Slot(ulong hash, byte pilot) =>
        (uint)(((ulong)(((uint)hash ^ (pilot * 0x9E3779B1u)) * Multiplier) * SlotCount) >> 32);
}
