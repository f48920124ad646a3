namespace RecServe.Embeddings;

/// <summary>
/// SIEVE: new keys at the front, a hand from the back that takes marks off and lets marked keys stay where they are. Source: Zhang et al., "SIEVE is
/// simpler than LRU", NSDI 2024.
/// </summary>
internal sealed class SievePolicy(int keys, int capacity) : IEvictionPolicy
{
    private readonly KeyLists _lists = new(keys, 1);
    private readonly bool[] _here = new bool[keys], _asked = new bool[keys];
    private int _count, _hand = -1;

    public bool Access(int key)
    {
        if (_here[key])
        {
            _asked[key] = true;
            return true;
        }

        if (_count == capacity)
            Evict();
        else
            _count++;
        _lists.PutFirst(0, key);
        (_here[key], _asked[key]) = (true, false);
        return false;
    }

    public void Dispose()
    {
    }

    private void Evict()
    {
        int victim = _hand < 0 ? _lists.Last(0) : _hand;
        while (_asked[victim])
        {
            _asked[victim] = false;
            victim = _lists.Before(0, victim);
        }

        int before = _lists.Before(0, victim);
        _hand = before == victim || before == _lists.Last(0) ? -1 : before;
        _lists.Take(victim);
        _here[victim] = false;
    }
}
