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
}
