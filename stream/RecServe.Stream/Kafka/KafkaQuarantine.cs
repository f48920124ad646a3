using Confluent.Kafka;

namespace RecServe.Stream;

/// <summary>The topic of refused messages. While no broker takes them they wait, up to 64 MiB; then the corridor waits too.</summary>
public sealed class KafkaQuarantine : IQuarantine
{
    private static readonly TimeSpan LongestFlush = TimeSpan.FromSeconds(5);

    private readonly KafkaOptions _options;
    private readonly IProducer<byte[], byte[]> _producer;
    private volatile string? _lost;

    /// <summary>Connects when the first message is refused.</summary>
    /// <exception cref="InvalidOperationException">The system lacks the client library.</exception>
    public KafkaQuarantine(KafkaOptions options)
    {
        KafkaLibrary.Load();
        _options = options;
        _producer = KafkaProducer.Build(options);
    }

    /// <inheritdoc/>
    public bool TryAdd(QuarantinedMessage message)
    {
        try
        {
            _producer.Produce(_options.QuarantineTopic, new Message<byte[], byte[]> { Key = message.Key.ToArray(), Value = message.ToBytes() }, report =>
            {
                if (report.Error.IsError)
                    _lost = report.Error.Reason;
            });
            return true;
        }
        catch (ProduceException<byte[], byte[]> failure) when (failure.Error.Code == ErrorCode.Local_QueueFull)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        if (_producer.Flush(LongestFlush) > 0)
            throw new IOException($"refused messages wait for the topic {_options.QuarantineTopic} at {_options.Servers}, which takes none");

        // The broker refused one for good. Its offset must not be passed: a restart reads the message again.
        if (_lost is { } reason)
            throw new IOException($"the topic {_options.QuarantineTopic} refused a message: {reason}");
    }

    /// <inheritdoc/>
    public void Dispose() => _producer.Dispose();
}
