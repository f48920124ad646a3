using System.Diagnostics;
using Confluent.Kafka;

namespace RecServe.Stream;

/// <summary>
/// Writes to a topic without waiting for the broker, in bursts: what comes within 25 ms, and then none until the broker has it all. While no broker takes them a burst each five seconds waits here, up to
/// <see cref="QueueBytes"/>. A message that the broker refuses for good (the topic is missing, the message is too large for it) is counted.
/// </summary>
/// <remarks>
/// The client numbers messages, so that a broker which gets one twice writes it once, and takes no second request to a partition while five messages are on their way to it. What is ready meanwhile it looks at again and again
/// without sleeping: beside a broker that answered late, that took a third of a core from rankings.
/// </remarks>
public sealed class KafkaTopicWriter : ITopicWriter
{
    /// <summary>Bytes that wait for the broker at most.</summary>
    public const int QueueBytes = 16 << 20;

    // Nobody waits for these: a request for each few of them costs both sides more than it brings.
    private const int LeastLingerMs = 50;

    // One request to each partition, unless all of it goes to a few of them.
    private const int BurstBytes = 4 << 20;

    // Half as long as messages wait for others, so that those of a burst go together.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(LeastLingerMs / 2);

    // Then the broker is as good as gone, and what is queued before this is better off here.
    private static readonly TimeSpan LongestBurst = TimeSpan.FromSeconds(5);

    private readonly IProducer<byte[], byte[]> _producer;
    private long _taken, _written, _refused, _began;
    private int _bytes;
    private volatile string? _trouble;

    /// <summary>Connects with the first message.</summary>
    /// <param name="options">How the broker is reached.</param>
    /// <param name="topic">Topic.</param>
    /// <exception cref="InvalidOperationException">The system lacks the client library.</exception>
    public KafkaTopicWriter(KafkaOptions options, string topic)
    {
        KafkaLibrary.Load();
        Name = topic;
        _producer = KafkaProducer.Build(options with { LingerMs = Math.Max(LeastLingerMs, options.LingerMs) }, QueueBytes);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Waiting
    {
        get
        {
            long done = Written + Refused; // read first: it must not exceed what was taken
            return (int)(Interlocked.Read(ref _taken) - done);
        }
    }

    /// <inheritdoc/>
    public long Written => Interlocked.Read(ref _written);

    /// <inheritdoc/>
    public long Refused => Interlocked.Read(ref _refused);

    /// <inheritdoc/>
    public string? Trouble => _trouble;

    /// <inheritdoc/>
    public bool TryAdd(byte[] key, byte[] value)
    {
        if (!IsInBurst(key.Length + value.Length))
            return false;
        try
        {
            Interlocked.Increment(ref _taken);
            _producer.Produce(Name, new Message<byte[], byte[]> { Key = key, Value = value }, Note);
            return true;
        }
        catch (ProduceException<byte[], byte[]> failure) when (failure.Error.Code == ErrorCode.Local_QueueFull)
        {
            Interlocked.Decrement(ref _taken);
            return false;
        }
        catch (ProduceException<byte[], byte[]> failure)
        {
            Refuse(failure.Error);
            return true;
        }
    }

    /// <inheritdoc/>
    public int Flush(TimeSpan limit)
    {
        _producer.Flush(limit);
        return Waiting;
    }

    /// <inheritdoc/>
    public void Dispose() => _producer.Dispose();

    private bool IsInBurst(int size)
    {
        TimeSpan age = Stopwatch.GetElapsedTime(_began);
        if (Waiting == 0 || age > LongestBurst)
            (_began, _bytes) = (Stopwatch.GetTimestamp(), 0);
        else if (age > Gathering || _bytes + size > BurstBytes)
            return false;
        _bytes += size;
        return true;
    }

    private void Note(DeliveryReport<byte[], byte[]> report)
    {
        if (report.Error.IsError)
            Refuse(report.Error);
        else
            Interlocked.Increment(ref _written);
    }

    private void Refuse(Error error)
    {
        _trouble = $"topic {Name} does not take the message: {error.Reason}";
        Interlocked.Increment(ref _refused);
    }
}
