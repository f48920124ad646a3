using System.Numerics;

namespace RecServe.Embeddings;

/// <summary>
/// The most hits that any cache can have, knowing the future: the key asked for again last leaves or is not taken in at all. Source: Belady, "A study of
/// replacement algorithms", IBM Systems Journal 5(2), 1966, with bypass.
/// </summary>
internal static class BeladyOptimum
{
    /// <summary>Hits of the optimum.</summary>
    /// <param name="trace">Keys in the order they are asked for.</param>
    /// <param name="next">Place in the trace where each is asked for next, or -1; of <see cref="NextUses"/>.</param>
    /// <param name="capacity">Keys held at most.</param>
    public static long Hits(ReadOnlySpan<int> trace, ReadOnlySpan<int> next, int capacity)
    {
        // A held key is the place of its next use: its key is held when that place comes up, and the last place is that of the key to give up.
        var held = new PlaceSet(trace.Length);
        long hits = 0;
        int count = 0;
        for (int i = 0; i < trace.Length; i++)
        {
            if (held.Remove(i))
            {
                hits++;
                count--;
            }

            if (next[i] < 0)
                continue;
            held.Add(next[i]);
            if (++count > capacity)
            {
                held.Remove(held.Last());
                count--;
            }
        }

        return hits;
    }

    /// <summary>Where each place's key comes next, or -1.</summary>
    public static int[] NextUses(ReadOnlySpan<int> trace, int keys)
    {
        var next = new int[trace.Length];
        var seen = new int[keys];
        Array.Fill(seen, -1);
        for (int i = trace.Length - 1; i >= 0; i--)
            (next[i], seen[trace[i]]) = (seen[trace[i]], i);
        return next;
    }

    /// <summary>A set of places with its largest: bits, and above each 64 words a bit for each that is not 0.</summary>
    private sealed class PlaceSet
    {
        private readonly List<ulong[]> _levels = [];

        public PlaceSet(int places)
        {
            do
            {
                places = (places + 63) / 64;
                _levels.Add(new ulong[Math.Max(1, places)]);
            }
            while (places > 1);
        }

        public void Add(int place)
        {
            foreach (ulong[] level in _levels)
            {
                level[place >> 6] |= 1UL << place;
                place >>= 6;
            }
        }

        public bool Remove(int place)
        {
            if ((_levels[0][place >> 6] >> place & 1) == 0)
                return false;
            foreach (ulong[] level in _levels)
            {
                ulong left = level[place >> 6] &= ~(1UL << place);
                if (left != 0)
                    break;
                place >>= 6;
            }

            return true;
        }

        public int Last()
        {
            int place = 0;
            for (int level = _levels.Count - 1; level >= 0; level--)
                place = (place << 6) + BitOperations.Log2(_levels[level][place]);
            return place;
        }
    }
}
