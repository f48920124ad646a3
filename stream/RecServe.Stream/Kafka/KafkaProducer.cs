using Confluent.Kafka;

namespace RecServe.Stream;

/// <summary>How this program writes to topics.</summary>
internal static class KafkaProducer
{
    /// <summary>A producer whose messages are written once and in order, and wait for a broker as long as it takes.</summary>
    public static IProducer<byte[], byte[]> Build(KafkaOptions options, int queueBytes = 64 << 20) => new ProducerBuilder<byte[], byte[]>(new ProducerConfig
    {
        BootstrapServers = options.Servers,
        EnableIdempotence = true,
        LingerMs = options.LingerMs,
        MessageTimeoutMs = 0,
        MessageMaxBytes = (2 * options.MessageBytes) + 4096, // a quarantined message carries the refused one
        QueueBufferingMaxKbytes = queueBytes >> 10,
        ReconnectBackoffMaxMs = 1_000,
    }).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();

    /// <summary>Writes a message and waits until the broker has it.</summary>
    /// <exception cref="IOException">The broker refused it.</exception>
    public static async Task<(int Partition, long Offset)> WriteAsync(this IProducer<byte[], byte[]> producer, KafkaOptions options, string topic, byte[] key, byte[]? value, CancellationToken cancellation)
    {
        try
        {
            DeliveryResult<byte[], byte[]> written = await producer.ProduceAsync(topic, new Message<byte[], byte[]> { Key = key, Value = value! }, cancellation).ConfigureAwait(false);
            return (written.Partition.Value, written.Offset.Value);
        }
        catch (ProduceException<byte[], byte[]> failure)
        {
            throw new IOException($"topic {topic} at {options.Servers} does not take the message: {failure.Error.Reason}", failure);
        }
    }
}
