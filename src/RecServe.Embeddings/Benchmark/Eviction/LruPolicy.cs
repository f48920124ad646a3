namespace RecServe.Embeddings;

/// <summary>The key that was asked for longest ago leaves.</summary>
internal sealed class LruPolicy(int keys, int capacity) : IEvictionPolicy
{
    private readonly KeyLists _lists = new(keys, 1);
    private readonly bool[] _here = new bool[keys];
    private int _count;

    public bool Access(int key)
    {
        bool hit = _here[key];
        if (hit)
        {
            _lists.Take(key);
        }
        else if (_count == capacity)
        {
            int last = _lists.Last(0);
            _lists.Take(last);
            _here[last] = false;
        }
        else
        {
            _count++;
        }

        _lists.PutFirst(0, key);
        _here[key] = true;
        return hit;
    }

    public void Dispose()
    {
    }
}
