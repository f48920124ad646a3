using System.Runtime.CompilerServices;

namespace RecServe.Api.Rank;

/// <summary>A list whose buffer survives <see cref="Clear"/>, so that one request's memory serves the next. Not thread-safe.</summary>
internal sealed class ReusableList<T>(int capacity) where T : struct
{
    private T[] _items = new T[capacity];

    /// <summary>Number of elements.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of the buffer.</summary>
    public long Bytes => (long)_items.Length * Unsafe.SizeOf<T>();

    /// <summary>The elements.</summary>
    public Span<T> Span => _items.AsSpan(0, Count);

    /// <summary>One element, by reference.</summary>
    public ref T this[int index] => ref Span[index];

    /// <summary>Adds an element.</summary>
    public void Add(T item)
    {
        if (Count == _items.Length)
            Array.Resize(ref _items, Count * 2);
        _items[Count++] = item;
    }

    /// <summary>Forgets the elements, keeps the buffer.</summary>
    public void Clear() => Count = 0;
}
