using System.Text;
using Confluent.Kafka;

namespace RecServe.Stream;

/// <summary>Writes row updates to the topic: what an update that comes over HTTP does where there is a broker, so that every replica gets it.</summary>
public sealed class KafkaRowPublisher : IDisposable
{
    private readonly KafkaOptions _options;
    private readonly IProducer<byte[], byte[]> _producer;

    /// <summary>Connects with the first message.</summary>
    /// <exception cref="InvalidOperationException">The system lacks the client library.</exception>
    public KafkaRowPublisher(KafkaOptions options)
    {
        KafkaLibrary.Load();
        _options = options;
        _producer = KafkaProducer.Build(options);
    }

    /// <summary>Writes a message and waits until the broker has it.</summary>
    /// <returns>Where it stands.</returns>
    /// <exception cref="IOException">The broker refused it.</exception>
    public Task<(int Partition, long Offset)> PublishAsync(RowUpdate update, CancellationToken cancellation = default) =>
        PublishAsync(Encoding.UTF8.GetBytes($"{update.Table}/{update.Rows[0].Key}"), RowUpdateCodec.Encode(update), cancellation);

    /// <summary>Writes a message and waits until the broker has it.</summary>
    /// <returns>Where it stands.</returns>
    /// <exception cref="IOException">The broker refused it.</exception>
    public Task<(int Partition, long Offset)> PublishAsync(byte[] key, byte[] value, CancellationToken cancellation = default) =>
        _producer.WriteAsync(_options, _options.RowsTopic, key, value, cancellation);

    /// <summary>Writes a message without waiting: false while the client's buffer is full. No value: compaction may forget the key.</summary>
    public bool TryPublish(byte[] key, byte[]? value, int partition)
    {
        try
        {
            _producer.Produce(new TopicPartition(_options.RowsTopic, partition), new Message<byte[], byte[]> { Key = key, Value = value! });
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
