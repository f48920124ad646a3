using Confluent.Kafka;

namespace RecServe.Stream;

/// <summary>
/// Writes to a topic without waiting for the broker. While no broker takes them messages wait, up to <see cref="QueueBytes"/>; then none is taken. A message that the broker refuses for good (the topic is missing, the message is too
/// large for it) is counted.
/// </summary>
public sealed class KafkaTopicWriter : ITopicWriter
{
    /// <summary>Bytes that wait for the broker at most.</summary>
    public const int QueueBytes = 16 << 20;

    // Nobody waits for these: a request for each few of them costs both sides more than it brings.
    private const int LeastLingerMs = 50;

    private readonly IProducer<byte[], byte[]> _producer;
    private long _taken, _written, _refused;
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
