using System.Runtime.InteropServices;

namespace RecServe.Stream;

/// <summary>
/// Rows a second of keys and producers in one partition, by the time that its log gives the messages, so that a backlog is judged as it was sent. Keys are counted in a
/// count-min sketch of 256 KiB: a key is never counted too low, and too high only by the keys that share both of its counters. Not thread-safe.
/// </summary>
internal sealed class RowRates
{
    private const int Counters = 1 << 15;

    // Names come from outside: beyond this many in a second they share one count.
    private const int MostProducers = 1_000;

    private readonly int[] _first = new int[Counters], _second = new int[Counters];
    private readonly Dictionary<uint, int> _producers = [];
    private long _now;

    /// <summary>Counts a row of a key and gives the key's rows of this second.</summary>
    public int Key(ulong key, long timestamp)
    {
        Advance(timestamp);
        ulong hash = key * 0x9E3779B97F4A7C15;
        ref int first = ref _first[hash >> 49];
        ref int second = ref _second[(hash >> 20) & (Counters - 1)];
        return Math.Min(++first, ++second);
    }

    /// <summary>Counts a producer's row and gives its rows of this second.</summary>
    public int Producer(uint producer, long timestamp)
    {
        Advance(timestamp);
        if (_producers.Count >= MostProducers && !_producers.ContainsKey(producer))
            producer = 0;
        return ++CollectionsMarshal.GetValueRefOrAddDefault(_producers, producer, out _);
    }

    private void Advance(long timestamp)
    {
        if (timestamp / 1000 <= _now)
            return;
        _now = timestamp / 1000;
        Array.Clear(_first);
        Array.Clear(_second);
        _producers.Clear();
    }
}
