using System.Runtime.InteropServices;

namespace RecServe.Embeddings;

/// <summary>Rows of whole numbers that follow from key and version, so that a row tells its version, and whether it is the whole of one.</summary>
internal static class StampedRow
{
    /// <summary>Numbers of a row.</summary>
    public const int Dim = 16;

    // Whole numbers below it are exact as floats.
    private const int Exact = 1 << 24;

    /// <summary>Writes a row.</summary>
    public static void Write(ulong key, long version, Span<float> row)
    {
        row[0] = version % Exact;
        row[1] = version / Exact;
        ulong state = Mix(key + ((ulong)version * 0x9E3779B97F4A7C15));
        for (int i = 2; i < Dim; i++, state += 0xD1342543DE82EF95)
            row[i] = (uint)(state >> 40);
    }

    /// <summary>The version of a row, or -1 if it is not the whole of one.</summary>
    public static long VersionOf(ulong key, ReadOnlySpan<float> row)
    {
        long version = (long)row[0] + ((long)row[1] * Exact);
        Span<float> expected = stackalloc float[Dim];
        Write(key, version, expected);
        return MemoryMarshal.AsBytes(row).SequenceEqual(MemoryMarshal.AsBytes(expected)) ? version : -1;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
