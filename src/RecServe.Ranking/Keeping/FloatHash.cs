using System.Runtime.InteropServices;

namespace RecServe.Ranking;

/// <summary>A hash of floats by their bits: four lanes of multiply and rotate, then a finalizer (constants of XXH64).</summary>
internal static class FloatHash
{
    private const ulong First = 0x9E3779B185EBCA87, Second = 0xC2B2AE3D27D4EB4F;

    /// <summary>128 bits: so many that two items of equal hash need not be reckoned with (10⁹ items: 10⁻²¹).</summary>
    public readonly record struct Wide(ulong First, ulong Second);

    public static ulong Of(ReadOnlySpan<float> floats) => WideOf(floats).First;

    public static Wide WideOf(ReadOnlySpan<float> floats)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<float, ulong>(floats);
        ulong a = First, b = Second, c = ~First, d = ~Second;
        int i = 0;
        for (; i <= words.Length - 4; i += 4)
        {
            a = Mix(a, words[i]);
            b = Mix(b, words[i + 1]);
            c = Mix(c, words[i + 2]);
            d = Mix(d, words[i + 3]);
        }

        for (; i < words.Length; i++)
            a = Mix(a, words[i]);
        if ((floats.Length & 1) != 0)
            b = Mix(b, BitConverter.SingleToUInt32Bits(floats[^1]));
        ulong length = (ulong)floats.Length;
        return new Wide(
            Finish(ulong.RotateLeft(a, 1) + ulong.RotateLeft(b, 7) + ulong.RotateLeft(c, 12) + ulong.RotateLeft(d, 18) + length),
            Finish((a * First) ^ ulong.RotateLeft(b * Second, 23) ^ ulong.RotateLeft(c * First, 41) ^ (d * Second) ^ length));
    }

    private static ulong Finish(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * Second;
        hash = (hash ^ (hash >> 29)) * First;
        return hash ^ (hash >> 32);
    }

    private static ulong Mix(ulong lane, ulong word) => ulong.RotateLeft(lane + (word * Second), 31) * First;
}
