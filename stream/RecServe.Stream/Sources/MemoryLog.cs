namespace RecServe.Stream;

/// <summary>
/// A log in process memory: the twin of a topic, for one process and for tests. It keeps a bounded number of bytes a partition, drops the oldest messages that were
/// read, and lets writers wait while unread ones fill it. Thread-safe.
/// </summary>
public sealed class MemoryLog
{
    private readonly Lock _lock = new();
    private readonly Partition[] _partitions;
    private readonly long _bytes;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Makes an empty log.</summary>
    /// <param name="partitions">Partitions, 1 to 1,024.</param>
    /// <param name="bytes">Bytes of messages that a partition keeps.</param>
    /// <param name="firstOffset">Offset of each partition's first message: where the log of a process that ended left off.</param>
    public MemoryLog(int partitions = 1, long bytes = 16 << 20, long firstOffset = 0)
    {
        if (partitions is < 1 or > 1024)
            throw new ArgumentOutOfRangeException(nameof(partitions), partitions, "a log has 1 to 1,024 partitions");
        _bytes = bytes;
        _partitions = [.. Enumerable.Range(0, partitions).Select(_ => new Partition { Start = firstOffset, Read = firstOffset })];
    }

    /// <summary>Partitions as they are now.</summary>
    public IReadOnlyList<SourcePartition> Partitions
    {
        get
        {
            lock (_lock)
                return [.. _partitions.Select((partition, id) => new SourcePartition(id, partition.Start, partition.End))];
        }
    }

    /// <summary>Adds a message; waits while unread messages fill the partition.</summary>
    /// <returns>Its offset.</returns>
    public async ValueTask<long> AppendAsync(int partition, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, long timestamp, CancellationToken cancellation = default)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (TryAppend(partition, key, value, timestamp) is { } offset)
                    return offset;
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Adds a message where there is room for it.</summary>
    /// <returns>Its offset; null while unread messages fill the partition.</returns>
    public long? TryAppend(int partition, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, long timestamp)
    {
        lock (_lock)
        {
            Partition log = _partitions[partition];
            log.Trim(_bytes - value.Length);
            if (log.Bytes + value.Length > _bytes && log.Start != log.End)
                return null;
            long offset = log.End;
            log.Add(new UpdateMessage(partition, offset, timestamp, key, value));
            Signal();
            return offset;
        }
    }

    /// <summary>Drops the messages below an offset, read or not, as a broker's retention does.</summary>
    public void DropBelow(int partition, long offset)
    {
        lock (_lock)
            _partitions[partition].Drop(offset);
    }

    /// <summary>A reader of this log.</summary>
    /// <param name="topic">Topic that it stands for.</param>
    public IUpdateSource Reader(string topic) => new MemorySource(this, topic);

    /// <summary>Reads on; waits once where there is nothing.</summary>
    /// <param name="positions">Next message of each partition that is read.</param>
    /// <param name="first">Which of them begins, counted round: the others get what it leaves.</param>
    /// <param name="messages">Receives them.</param>
    /// <param name="most">Messages at most.</param>
    /// <param name="mostBytes">Bytes of messages, beyond which none follows.</param>
    /// <param name="wait">How long at most.</param>
    internal void Read(Dictionary<int, long> positions, uint first, List<UpdateMessage> messages, int most, int mostBytes, TimeSpan wait)
    {
        Task changed;
        lock (_lock)
        {
            if (Take(positions, first, messages, most, mostBytes))
                return;
            changed = _changed.Task;
        }

        changed.Wait(wait);
        lock (_lock)
            Take(positions, first, messages, most, mostBytes);
    }

    private bool Take(Dictionary<int, long> positions, uint first, List<UpdateMessage> messages, int most, long mostBytes)
    {
        int[] ids = [.. positions.Keys];
        for (uint i = 0; i < ids.Length; i++)
        {
            int id = ids[(first + i) % ids.Length];
            Partition log = _partitions[id];
            long next = positions[id];
            for (next = Math.Max(next, log.Start); next < log.End && messages.Count < most && mostBytes > 0; next++)
            {
                messages.Add(log[next]);
                mostBytes -= log[next].Value.Length;
            }

            positions[id] = log.Read = next;
        }

        if (messages.Count == 0)
            return false;
        Signal();
        return true;
    }

    private void Signal()
    {
        _changed.SetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Partition
    {
        private readonly List<UpdateMessage> _messages = [];
        private int _dropped;

        public long Start, Read, Bytes;

        public long End => Start + _messages.Count - _dropped;

        public UpdateMessage this[long offset] => _messages[_dropped + (int)(offset - Start)];

        public void Add(UpdateMessage message)
        {
            _messages.Add(message);
            Bytes += message.Value.Length;
        }

        public void Trim(long bytes)
        {
            while (Bytes > bytes && Start < Math.Min(Read, End))
                Remove();
        }

        public void Drop(long offset)
        {
            while (Start < Math.Min(offset, End))
                Remove();
        }

        private void Remove()
        {
            Bytes -= _messages[_dropped].Value.Length;
            _messages[_dropped++] = default;
            Start++;
            if (_dropped > 1024 && 2 * _dropped > _messages.Count)
            {
                _messages.RemoveRange(0, _dropped);
                _dropped = 0;
            }
        }
    }
}
