using Confluent.Kafka;

namespace RecServe.Stream;

/// <summary>Writes messages to a topic, and tells where they stand: what a change that comes over HTTP does where there is a broker, so that every replica gets it.</summary>
public sealed class KafkaPublisher : IDisposable
{
    private readonly string _servers, _topic;
    private readonly IProducer<byte[], byte[]> _producer;

    /// <summary>Connects with the first message.</summary>
    /// <param name="options">How the broker is reached.</param>
    /// <param name="topic">Topic.</param>
    /// <exception cref="InvalidOperationException">The system lacks the client library.</exception>
    public KafkaPublisher(KafkaOptions options, string topic)
    {
        KafkaLibrary.Load();
        (_servers, _topic) = (options.Servers, topic);
        _producer = KafkaProducer.Build(options);
    }

    /// <summary>Writes a message and waits until the broker has it.</summary>
    /// <param name="key">Messages of one key are in one partition.</param>
    /// <param name="value">The message; null: compaction may forget the key.</param>
    /// <param name="cancellation">Ends the wait; the message may still get there.</param>
    /// <returns>Where it stands.</returns>
    /// <exception cref="IOException">The broker refused it.</exception>
    public async Task<(int Partition, long Offset)> PublishAsync(byte[] key, byte[]? value, CancellationToken cancellation = default)
    {
        try
        {
            DeliveryResult<byte[], byte[]> written = await _producer.ProduceAsync(_topic, new Message<byte[], byte[]> { Key = key, Value = value! }, cancellation).ConfigureAwait(false);
            return (written.Partition.Value, written.Offset.Value);
        }
        catch (ProduceException<byte[], byte[]> failure)
        {
            throw new IOException($"topic {_topic} at {_servers} does not take the message: {failure.Error.Reason}", failure);
        }
    }

    /// <summary>Writes a message without waiting: false while the client's buffer is full.</summary>
    public bool TryPublish(byte[] key, byte[]? value, int partition)
    {
        try
        {
            _producer.Produce(new TopicPartition(_topic, partition), new Message<byte[], byte[]> { Key = key, Value = value! });
            return true;
        }
        catch (ProduceException<byte[], byte[]> failure) when (failure.Error.Code == ErrorCode.Local_QueueFull)
        {
            return false;
        }
    }

    /// <summary>Waits until the broker has everything.</summary>
    /// <returns>Messages that it does not have yet.</returns>
    public int Flush(TimeSpan limit) => _producer.Flush(limit);

    /// <inheritdoc/>
    public void Dispose() => _producer.Dispose();
}
