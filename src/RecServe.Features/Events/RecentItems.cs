namespace RecServe.Features;

/// <summary>
/// The items that a user met last, each once, at its newest time: newest first, at equal times the smaller hash first. What it holds depends on the events alone, not on their order.
/// </summary>
/// <param name="capacity">Items at most.</param>
internal sealed class RecentItems(int capacity)
{
    private long[] _times = new long[Math.Min(capacity, 4)];
    private ulong[] _items = new ulong[Math.Min(capacity, 4)];

    /// <summary>Items held.</summary>
    public int Count { get; private set; }

    /// <summary>Newest time of an item, 0 the newest.</summary>
    public long TimeAt(int index) => _times[index];

    /// <summary>An item, 0 the newest.</summary>
    public ulong ItemAt(int index) => _items[index];

    /// <summary>Takes note of an event.</summary>
    public void Add(long time, ulong item)
    {
        int held = _items.AsSpan(0, Count).IndexOf(item);
        if (held >= 0)
        {
            if (_times[held] >= time)
                return;
            Move(held + 1, held);
            Count--;
        }
        else if (Count == capacity && !Precedes(time, item, Count - 1))
        {
            return;
        }

        if (Count == _items.Length && Count < capacity)
        {
            Array.Resize(ref _times, Math.Min(capacity, Count * 2));
            Array.Resize(ref _items, _times.Length);
        }

        int place = 0;
        while (place < Count && !Precedes(time, item, place))
            place++;
        Count = Math.Min(Count, capacity - 1);
        Move(place, place + 1);
        (_times[place], _items[place]) = (time, item);
        Count++;
    }

    private bool Precedes(long time, ulong item, int index) => time > _times[index] || (time == _times[index] && item < _items[index]);

    private void Move(int from, int to)
    {
        _times.AsSpan(from, Count - from).CopyTo(_times.AsSpan(to));
        _items.AsSpan(from, Count - from).CopyTo(_items.AsSpan(to));
    }
}
