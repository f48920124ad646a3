using System.Text;
using Confluent.Kafka;

namespace RecServe.Stream;

/// <summary>Writes events to the topic: what feedback over HTTP does where there is a broker, so that every replica counts it.</summary>
public sealed class KafkaEventPublisher : IDisposable
{
    private readonly string _servers, _topic;
    private readonly IProducer<byte[], byte[]> _producer;

    /// <summary>Connects with the first message.</summary>
    /// <param name="options">How the broker is reached.</param>
    /// <param name="topic">Topic of events.</param>
    /// <exception cref="InvalidOperationException">The system lacks the client library.</exception>
    public KafkaEventPublisher(KafkaOptions options, string topic)
    {
        KafkaLibrary.Load();
        (_servers, _topic) = (options.Servers, topic);
        _producer = KafkaProducer.Build(options);
    }

    /// <summary>Writes events under the user's id, or the item's where there is none, so that copies of one meet in one partition, and waits until the broker has them.</summary>
    /// <returns>The token of the last message of each partition that got one.</returns>
    /// <exception cref="IOException">The broker refused one.</exception>
    public async Task<FreshnessToken> PublishAsync(IEnumerable<UserEvent> events, CancellationToken cancellation = default)
    {
        Task<DeliveryResult<byte[], byte[]>>[] writing = [.. from keyed in events.GroupBy(UserEventCodec.KeyOf)
            from message in UserEventCodec.EncodeAll(keyed)
            select _producer.ProduceAsync(_topic, new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(keyed.Key), Value = message }, cancellation)];
        try
        {
            DeliveryResult<byte[], byte[]>[] written = await Task.WhenAll(writing).ConfigureAwait(false);
            return new FreshnessToken([.. written.GroupBy(one => one.Partition.Value).OrderBy(one => one.Key)
                .Select(one => new FreshnessPlace(FreshnessToken.Events, one.Key, one.Max(message => message.Offset.Value)))]);
        }
        catch (ProduceException<byte[], byte[]> failure)
        {
            throw new IOException($"topic {_topic} at {_servers} does not take the message: {failure.Error.Reason}", failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _producer.Dispose();
}
