using System.Numerics;

namespace RecServe.Kernels;

/// <summary>
/// Which activations a dropout layer drops: a pure function of a key and the activation's index, so that any thread can compute any part
/// of a mask and a mask never has to be stored. An activation is dropped where a 32-bit hash falls below <c>rate · 2³²</c>. The hash is
/// a multiply-xorshift finalizer (constants of C. Wellons' hash prospector, lowbias32) with the key mixed in twice.
/// </summary>
public static class DropoutMask
{
    private const uint Step = 0x9E3779B9, FirstMultiplier = 0x7FEB352D, SecondMultiplier = 0x846CA68B;

    /// <summary>Hash values below this are dropped.</summary>
    /// <param name="rate">Share of activations dropped, from 0 to below 1.</param>
    public static uint Threshold(float rate) => (uint)(rate * 4294967296.0);

    /// <summary>Whether the activation <paramref name="index"/> survives.</summary>
    public static bool Keeps(ulong key, uint index, uint threshold) => Hash((uint)key, (uint)(key >> 32), index) >= threshold;

    internal static uint Hash(uint low, uint high, uint index)
    {
        uint x = (index * Step) + low;
        x = (x ^ (x >> 16)) * FirstMultiplier ^ high;
        x = (x ^ (x >> 15)) * SecondMultiplier;
        return x ^ (x >> 16);
    }

    internal static Vector<uint> Hash(Vector<uint> low, Vector<uint> high, Vector<uint> index)
    {
        Vector<uint> x = (index * Step) + low;
        x = (x ^ (x >>> 16)) * FirstMultiplier ^ high;
        x = (x ^ (x >>> 15)) * SecondMultiplier;
        return x ^ (x >>> 16);
    }
}
