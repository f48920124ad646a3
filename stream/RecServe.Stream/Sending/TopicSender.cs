using System.Diagnostics;
using System.Threading.Channels;

namespace RecServe.Stream;

/// <summary>
/// What lies between requests and a topic that tells of them: a bounded channel and one thread that empties it. A request never waits: what does not fit is dropped and counted. Thread-safe.
/// </summary>
public sealed class TopicSender : IDisposable
{
    private static readonly TimeSpan RetryWait = TimeSpan.FromMilliseconds(20);

    // Woken for each message, this thread and the client's took 8 % of a core at 550 rankings a second.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(20);

    private readonly ITopicWriter _topic;
    private readonly TopicSenderOptions _options;
    private readonly Channel<(byte[] Key, byte[] Value)> _channel;
    private readonly ManualResetEventSlim _closed = new(false, spinCount: 0);
    private readonly Thread _writing;
    private long _added, _bytes, _dropped, _unsent, _closedAt;
    private volatile bool _isDrained;
    private bool _disposed;

    /// <summary>Begins to empty the queue into a topic.</summary>
    /// <param name="topic">The topic; the queue's to dispose of.</param>
    /// <param name="options">Limits.</param>
    public TopicSender(ITopicWriter topic, TopicSenderOptions options)
    {
        (_topic, _options) = (topic, options);
        _channel = Channel.CreateBounded<(byte[], byte[])>(new BoundedChannelOptions(options.Messages) { SingleReader = true });
        _writing = new Thread(Write) { Name = $"to {topic.Name}", IsBackground = true };
        _writing.Start();
    }

    /// <summary>Queues a message, or drops it; never waits.</summary>
    /// <returns>False if it was dropped: the queue is full or closed, or the message is too long.</returns>
    public bool TryAdd(byte[] key, byte[] value)
    {
        int size = key.Length + value.Length;
        if (value.Length > _options.MessageBytes || Interlocked.Read(ref _bytes) >= _options.Bytes)
        {
            Interlocked.Increment(ref _dropped);
            return false;
        }

        // Before it is in the channel: the other thread must not subtract what was not added.
        Interlocked.Add(ref _bytes, size);
        Interlocked.Increment(ref _added);
        if (_channel.Writer.TryWrite((key, value)))
            return true;
        Interlocked.Decrement(ref _added);
        Interlocked.Add(ref _bytes, -size);
        Interlocked.Increment(ref _dropped);
        return false;
    }

    /// <summary>Figures now.</summary>
    public TopicSenderSnapshot Measure()
    {
        // What is done is read before what was begun, so that a message on its way between queue and topic waits all the while.
        long written = _topic.Written, lost = _topic.Refused + Interlocked.Read(ref _unsent);
        return new TopicSenderSnapshot
        {
            Topic = _topic.Name,
            Trouble = _topic.Trouble,
            Written = written,
            Waiting = _isDrained ? 0 : (int)(Interlocked.Read(ref _added) - written - lost),
            Dropped = Interlocked.Read(ref _dropped) + lost,
        };
    }

    /// <summary>Takes no more, and waits until what is queued is in the topic or the time is over; what is left is counted as dropped.</summary>
    public void Drain()
    {
        if (_channel.Writer.TryComplete())
        {
            Volatile.Write(ref _closedAt, Stopwatch.GetTimestamp());
            _closed.Set();
        }

        if (_writing.IsAlive)
            _writing.Join();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        Drain();
        _disposed = true;
        _topic.Dispose();
        _closed.Dispose();
    }

    private void Write()
    {
        while (_channel.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_channel.Reader.TryRead(out (byte[] Key, byte[] Value) message))
            {
                Put(message.Key, message.Value);
                Interlocked.Add(ref _bytes, -(message.Key.Length + message.Value.Length));
            }

            _closed.Wait(Gathering);
        }

        Interlocked.Add(ref _unsent, _topic.Flush(Left));
        _isDrained = true;
    }

    /// <summary>Waits for the topic as long as it takes; once the queue is closed, as long as is left for all that is queued.</summary>
    private void Put(byte[] key, byte[] value)
    {
        while (!_topic.TryAdd(key, value))
        {
            if (!_closed.Wait(RetryWait))
                continue;
            if (Left == TimeSpan.Zero)
            {
                Interlocked.Increment(ref _unsent);
                return;
            }

            Thread.Sleep(RetryWait);
        }
    }

    private TimeSpan Left
    {
        get
        {
            TimeSpan left = _options.LongestDrain - Stopwatch.GetElapsedTime(Volatile.Read(ref _closedAt));
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }
}
