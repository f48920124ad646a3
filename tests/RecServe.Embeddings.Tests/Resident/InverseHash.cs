namespace RecServe.Embeddings.Tests;

/// <summary>Finds the key of a hash, as someone would who wants keys to collide.</summary>
internal static class InverseHash
{
    public static ulong Of(ulong seed, ulong hash)
    {
        // hash(k) = fold(fold((k ^ x) * a) * b), where folding the upper half into the lower undoes itself.
        ulong x = Mix(seed + 1), a = Mix(seed + 2) | 1, b = Mix(seed + 3) | 1;
        ulong product = (hash ^ (hash >> 32)) * Inverse(b);
        return ((product ^ (product >> 32)) * Inverse(a)) ^ x;
    }

    private static ulong Inverse(ulong odd)
    {
        ulong inverse = odd;
        for (int i = 0; i < 5; i++)
            inverse *= 2 - odd * inverse;
        return inverse;
    }

    private static ulong Mix(ulong z)
    {
        z *= 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
