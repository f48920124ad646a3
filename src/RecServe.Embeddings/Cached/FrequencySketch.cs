namespace RecServe.Embeddings;

/// <summary>
/// Estimates how often keys were asked for of late: count-min with conservative update, four 4-bit counters a key in one memory line, all halved
/// every so often so that yesterday's favourites fade. Source: TinyLFU (Einziger, Friedman, Manes, ACM TOS 13(4), 2017).
/// </summary>
internal sealed unsafe class FrequencySketch
{
    /// <summary>Largest count.</summary>
    public const int Most = 15;

    private const int LineBytes = 64, Hashes = 4, CountersPerHash = 128 / Hashes;

    private readonly byte* _lines;
    private readonly uint _count;
    private readonly long _agesAfter;
    private long _added;

    /// <summary>Makes one over zeroed memory.</summary>
    /// <param name="lines">Counters, on a memory line.</param>
    /// <param name="bytes">How much, a multiple of 64.</param>
    /// <param name="agesAfter">All counts are halved after so many additions.</param>
    public FrequencySketch(byte* lines, long bytes, long agesAfter)
    {
        _lines = lines;
        (_count, _agesAfter) = ((uint)(bytes / LineBytes), agesAfter);
    }

    /// <summary>Address of a hash's counters, to prefetch.</summary>
    public byte* LineOf(ulong hash) => _lines + (((hash * 0xD1342543DE82EF95) >> 32) * _count >> 32) * LineBytes;

    /// <summary>How often a hash was added since it faded, at most <see cref="Most"/>.</summary>
    public int Estimate(ulong hash)
    {
        byte* line = LineOf(hash);
        ulong choice = Choice(hash);
        int least = Most;
        for (int h = 0; h < Hashes; h++, choice >>= 5)
            least = Math.Min(least, Get(line, Counter(h, choice)));
        return least;
    }

    /// <summary>Counts a hash once.</summary>
    public void Add(ulong hash)
    {
        byte* line = LineOf(hash);
        int least = Estimate(hash);
        if (least < Most)
        {
            ulong choice = Choice(hash);
            for (int h = 0; h < Hashes; h++, choice >>= 5)
            {
                int counter = Counter(h, choice);
                if (Get(line, counter) == least)
                    line[counter >> 1] += (byte)(1 << (4 * (counter & 1)));
            }
        }

        if (++_added >= _agesAfter)
            Age();
    }

    private static ulong Choice(ulong hash) => (hash ^ (hash >> 29)) * 0x9E3779B97F4A7C15 >> 40;

    private static int Counter(int hash, ulong choice) => (hash * CountersPerHash) + (int)(choice & (CountersPerHash - 1));

    private static int Get(byte* line, int counter) => (line[counter >> 1] >> (4 * (counter & 1))) & Most;

    private void Age()
    {
        _added /= 2;
        ulong* word = (ulong*)_lines;
        for (long i = 0; i < (long)_count * LineBytes / sizeof(ulong); i++)
            word[i] = (word[i] >> 1) & 0x7777777777777777;
    }
}
