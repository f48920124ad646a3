namespace RecServe.Api.Feedback;

/// <summary>A dictionary that holds at most so many keys and forgets the oldest first. Not thread-safe.</summary>
internal sealed class RecentKeys<T>(int capacity)
{
    private readonly Dictionary<UInt128, T> _values = [];
    private readonly Queue<UInt128> _order = new();

    /// <summary>Number of keys held.</summary>
    public int Count => _values.Count;

    /// <summary>Adds a key; false where it is already held.</summary>
    public bool TryAdd(UInt128 key, T value)
    {
        if (!_values.TryAdd(key, value))
            return false;
        _order.Enqueue(key);
        if (_order.Count > capacity)
            _values.Remove(_order.Dequeue());
        return true;
    }

    /// <summary>Looks a key up.</summary>
    public bool TryGet(UInt128 key, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T value) => _values.TryGetValue(key, out value);
}
