namespace RecServe.Embeddings;

/// <summary>Lists of keys, a key in one of them at most: links by key, and a head for each list.</summary>
internal sealed class KeyLists
{
    private readonly int[] _next, _previous;
    private readonly int _keys;

    /// <summary>Makes empty lists.</summary>
    /// <param name="keys">Keys are 0 to keys - 1.</param>
    /// <param name="lists">How many.</param>
    public KeyLists(int keys, int lists)
    {
        _keys = keys;
        (_next, _previous) = (new int[keys + lists], new int[keys + lists]);
        for (int head = keys; head < keys + lists; head++)
            _next[head] = _previous[head] = head;
    }

    /// <summary>Puts a key that is in no list at the front of one.</summary>
    public void PutFirst(int list, int key)
    {
        int head = _keys + list, first = _next[head];
        (_next[key], _previous[key]) = (first, head);
        _next[head] = _previous[first] = key;
    }

    /// <summary>Takes a key out of its list.</summary>
    public void Take(int key) => (_next[_previous[key]], _previous[_next[key]]) = (_next[key], _previous[key]);

    /// <summary>The last key of a list that is not empty.</summary>
    public int Last(int list) => _previous[_keys + list];

    /// <summary>The key before one, or the list's last before its first.</summary>
    public int Before(int list, int key) => _previous[key] == _keys + list ? Last(list) : _previous[key];
}
