namespace RecServe.Embeddings;

/// <summary>
/// S3-FIFO: a small queue for new keys, a main one for those that were asked for again or came back soon after they had left, and a list of the latter.
/// Source: Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023.
/// </summary>
internal sealed class S3FifoPolicy(int keys, int capacity) : IEvictionPolicy
{
    private const byte Absent = 0, Small = 1, Main = 2, Ghost = 3, MostAsked = 3;

    private readonly KeyLists _lists = new(keys, 4);
    private readonly byte[] _where = new byte[keys], _asked = new byte[keys];
    private readonly int[] _counts = new int[4];
    private readonly int _smallSize = Math.Max(1, capacity / 10), _mainSize = capacity - Math.Max(1, capacity / 10);

    public bool Access(int key)
    {
        byte where = _where[key];
        if (where is Small or Main)
        {
            _asked[key] = (byte)Math.Min(MostAsked, _asked[key] + 1);
            return true;
        }

        if (where == Ghost)
            Move(key, Absent);
        while (_counts[Small] + _counts[Main] >= capacity)
        {
            if (_counts[Small] >= _smallSize || _counts[Main] == 0)
                EvictSmall();
            else
                EvictMain();
        }

        _asked[key] = 0;
        Move(key, where == Ghost ? Main : Small);
        return false;
    }

    public void Dispose()
    {
    }

    private void EvictSmall()
    {
        while (_counts[Small] > 0)
        {
            int key = _lists.Last(Small);
            if (_asked[key] > 1)
            {
                if (_counts[Main] >= _mainSize)
                    EvictMain();
                _asked[key] = 0;
                Move(key, Main);
                continue;
            }

            if (_counts[Ghost] >= _mainSize && _counts[Ghost] > 0)
                Move(_lists.Last(Ghost), Absent);
            Move(key, Ghost);
            return;
        }
    }

    private void EvictMain()
    {
        while (_counts[Main] > 0)
        {
            int key = _lists.Last(Main);
            if (_asked[key] > 0)
            {
                _asked[key]--;
                Move(key, Main);
                continue;
            }

            Move(key, Absent);
            return;
        }
    }

    private void Move(int key, byte to)
    {
        if (_where[key] != Absent)
        {
            _lists.Take(key);
            _counts[_where[key]]--;
        }

        _where[key] = to;
        if (to == Absent)
            return;
        _lists.PutFirst(to, key);
        _counts[to]++;
    }
}
