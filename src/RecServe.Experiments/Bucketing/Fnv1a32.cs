namespace RecServe.Experiments;

/// <summary>
/// FNV-1a with 32 bits over the UTF-16 code units of a text, as GrowthBook's SDKs compute it. It equals the textbook hash over UTF-8
/// for ASCII only. Source: github.com/growthbook/growthbook, sdk-js util.ts.
/// </summary>
public static class Fnv1a32
{
    /// <summary>Hash of the empty text; the start of a running hash.</summary>
    public const uint Offset = 0x811C9DC5;

    private const uint Prime = 0x01000193;

    /// <summary>Hash of a text.</summary>
    public static uint Hash(ReadOnlySpan<char> text) => Append(Offset, text);

    /// <summary>Goes on from the hash of what came before: Append(Hash(a), b) = Hash(a + b).</summary>
    public static uint Append(uint hash, ReadOnlySpan<char> text)
    {
        foreach (char unit in text)
            hash = (hash ^ unit) * Prime;
        return hash;
    }
}
