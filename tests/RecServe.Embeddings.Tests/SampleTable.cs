using RecServe.Artifacts;

namespace RecServe.Embeddings.Tests;

internal static class SampleTable
{
    public static PackageTable Of(IEnumerable<ulong> keys, int width, bool unknown, int seed = 1)
    {
        var random = new Random(seed);
        float[] Floats(int count)
        {
            float[] values = new float[count];
            for (int i = 0; i < count; i++)
                values[i] = random.NextSingle() - 0.5f;
            return values;
        }

        ulong[] sorted = [.. keys.Distinct().Order()];
        return new PackageTable
        {
            Name = "field",
            Width = width,
            Keys = sorted,
            Rows = Floats(sorted.Length * width),
            Mean = Floats(width),
            Default = Floats(width),
            Unknown = unknown ? Floats(width) : null,
        };
    }

    /// <summary>Keys in patterns that weak hashes put in one place.</summary>
    public static ulong[] Keys(string pattern, int count)
    {
        var random = new Random(count);
        return pattern switch
        {
            "sequential" => [.. Enumerable.Range(0, count).Select(i => (ulong)i)],
            "same low bits" => [.. Enumerable.Range(1, count).Select(i => ((ulong)i << 40) | 0xABCDEF)],
            "same high bits" => [.. Enumerable.Range(1, count).Select(i => 0xFEDC_BA98_0000_0000 + (ulong)i)],
            "multiples of 2^32" => [.. Enumerable.Range(0, count).Select(i => (ulong)i << 32)],
            "top of the range" => [.. Enumerable.Range(0, count).Select(i => ulong.MaxValue - (ulong)i)],
            _ => [.. Enumerable.Range(0, count).Select(_ => (ulong)random.NextInt64())],
        };
    }
}
