using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RecServe.Embeddings;

/// <summary>
/// The table's hash of row keys: two multiplications by seeded odd numbers with the upper half folded into the lower between them. A one-to-one
/// map, so two keys never share a hash; the seed chooses the multipliers, so keys chosen to collide under one seed scatter under the next.
/// </summary>
internal readonly struct KeyHash
{
    private readonly ulong _xor, _first, _second;

    public KeyHash(ulong seed)
    {
        Seed = seed;
        _xor = Mix(seed + 1);
        _first = Mix(seed + 2) | 1;
        _second = Mix(seed + 3) | 1;
    }

    /// <summary>The seed it was made from.</summary>
    public ulong Seed { get; }

    /// <summary>Hash of one key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Of(ulong key)
    {
        ulong h = (key ^ _xor) * _first;
        h = (h ^ (h >> 32)) * _second;
        return h ^ (h >> 32);
    }

    /// <summary>Hashes of <paramref name="count"/> keys, four or eight at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Of(ulong* keys, int count, ulong* hashes)
    {
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<ulong> xor = Vector512.Create(_xor), first = Vector512.Create(_first), second = Vector512.Create(_second);
            for (; i <= count - 8; i += 8)
            {
                Vector512<ulong> h = (Vector512.Load(keys + i) ^ xor) * first;
                h = (h ^ (h >>> 32)) * second;
                (h ^ (h >>> 32)).Store(hashes + i);
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Vector256<ulong> xor = Vector256.Create(_xor), first = Vector256.Create(_first), second = Vector256.Create(_second);
            for (; i <= count - 4; i += 4)
            {
                Vector256<ulong> h = (Vector256.Load(keys + i) ^ xor) * first;
                h = (h ^ (h >>> 32)) * second;
                (h ^ (h >>> 32)).Store(hashes + i);
            }
        }

        for (; i < count; i++)
            hashes[i] = Of(keys[i]);
    }

    /// <summary>Hashes of all keys of a span, lengths checked.</summary>
    public unsafe void Of(ReadOnlySpan<ulong> keys, Span<ulong> hashes)
    {
        fixed (ulong* from = keys)
        fixed (ulong* to = hashes[..keys.Length])
            Of(from, keys.Length, to);
    }

    private static ulong Mix(ulong z)
    {
        z *= 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
