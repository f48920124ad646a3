namespace RecServe.Stream;

/// <summary>Keeps the newest refused messages in process memory: for a node without a broker or a file to put them in. Older ones are only counted.</summary>
public sealed class MemoryQuarantine(int most = 1_000) : IQuarantine
{
    private readonly Lock _lock = new();
    private readonly Queue<QuarantinedMessage> _messages = new();

    /// <summary>Messages that are held, the oldest first.</summary>
    public IReadOnlyList<QuarantinedMessage> Messages
    {
        get
        {
            lock (_lock)
                return [.. _messages];
        }
    }

    /// <inheritdoc/>
    public bool TryAdd(QuarantinedMessage message)
    {
        lock (_lock)
        {
            _messages.Enqueue(message);
            if (_messages.Count > most)
                _messages.Dequeue();
        }

        return true;
    }

    /// <inheritdoc/>
    public void Flush()
    {
        // Nothing here outlives the process, and nothing says that it would.
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
