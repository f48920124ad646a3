namespace RecServe.Stream;

/// <summary>Writes to a log in process memory: the twin of a topic, for one process and for tests. It takes none while messages that nobody has read fill the log.</summary>
/// <param name="log">The log; the caller's.</param>
/// <param name="name">Topic that it stands for.</param>
/// <param name="time">Clock of the messages' times.</param>
public sealed class MemoryTopicWriter(MemoryLog log, string name, TimeProvider time) : ITopicWriter
{
    private long _written;

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public int Waiting => 0;

    /// <inheritdoc/>
    public long Written => Interlocked.Read(ref _written);

    /// <inheritdoc/>
    public long Refused => 0;

    /// <inheritdoc/>
    public string? Trouble => null;

    /// <inheritdoc/>
    public bool TryAdd(byte[] key, byte[] value)
    {
        int partition = (int)(Features.RowKey.Hash64(key) % (uint)log.Partitions.Count);
        if (log.TryAppend(partition, key, value, time.GetUtcNow().ToUnixTimeMilliseconds()) is null)
            return false;
        Interlocked.Increment(ref _written);
        return true;
    }

    /// <inheritdoc/>
    public int Flush(TimeSpan limit) => 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        // The log outlives its writers.
    }
}
