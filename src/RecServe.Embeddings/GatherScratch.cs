using System.Numerics;

namespace RecServe.Embeddings;

/// <summary>
/// Memory of a gather that is reused from call to call: a set that counts each key once. Grows to the largest call, then allocates
/// nothing. Not thread-safe: one a request.
/// </summary>
public sealed class GatherScratch
{
    private ulong[] _keys = new ulong[64];
    private int[] _stamps = new int[64];
    private int _stamp;
    private int _shift = 64 - 6;

    /// <summary>Bytes of the buffers.</summary>
    public long Bytes => (_keys.Length * 8L) + (_stamps.Length * 4L);

    /// <summary>Starts an empty set for up to <paramref name="keys"/> keys: a new stamp makes all entries old, so nothing is cleared.</summary>
    internal void Begin(int keys)
    {
        int slots = (int)Math.Min(1 << 30, BitOperations.RoundUpToPowerOf2((ulong)keys * 2));
        if (slots > _keys.Length)
        {
            _keys = new ulong[slots];
            _stamps = new int[slots];
            _shift = 64 - BitOperations.Log2((uint)slots);
            _stamp = 0;
        }

        if (_stamp == int.MaxValue)
        {
            Array.Clear(_stamps);
            _stamp = 0;
        }

        _stamp++;
    }

    /// <summary>Adds a key; whether it was new in this set.</summary>
    internal bool Add(ulong key)
    {
        ulong[] keys = _keys;
        int[] stamps = _stamps;
        // Keys of one field may be small consecutive numbers (hash buckets): the multiplication spreads them over the top bits.
        for (int slot = (int)((key * 0x9E3779B97F4A7C15) >> _shift); ; slot = (slot + 1) & (keys.Length - 1))
        {
            if (stamps[slot] != _stamp)
            {
                stamps[slot] = _stamp;
                keys[slot] = key;
                return true;
            }

            if (keys[slot] == key)
                return false;
        }
    }
}
