using System.Diagnostics.CodeAnalysis;

namespace RecServe.Embeddings;

/// <summary>
/// What threads hand to others, in order. Who waits sleeps at once: the collections and semaphores of the runtime first yield the core some dozen times, and at 200 messages a second beside
/// rankings a tenth of the time of those who apply them went into that. As large as what is in circulation; nothing is dropped.
/// </summary>
/// <typeparam name="T">What is handed over.</typeparam>
public sealed class Handoff<T>
{
    private readonly Queue<T> _items = [];
    private bool _isEnded;

    /// <summary>Hands an item over; never waits.</summary>
    public void Add(T item)
    {
        lock (_items)
        {
            _items.Enqueue(item);
            Monitor.Pulse(_items);
        }
    }

    /// <summary>Nothing comes any more: who waits is woken.</summary>
    public void End()
    {
        lock (_items)
        {
            _isEnded = true;
            Monitor.PulseAll(_items);
        }
    }

    /// <summary>Takes the oldest item; waits for one.</summary>
    /// <returns>False once there is none and none comes.</returns>
    public bool TryTake([MaybeNullWhen(false)] out T item)
    {
        lock (_items)
        {
            while (!_items.TryDequeue(out item))
            {
                if (_isEnded)
                    return false;
                Monitor.Wait(_items);
            }

            return true;
        }
    }
}
