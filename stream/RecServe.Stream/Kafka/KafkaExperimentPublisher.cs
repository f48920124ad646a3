using System.Text;
using Confluent.Kafka;

namespace RecServe.Stream;

/// <summary>Writes experiments to their topic: what a definition that comes over HTTP does where there is a broker, so that every replica follows it.</summary>
public sealed class KafkaExperimentPublisher : IDisposable
{
    private readonly KafkaOptions _options;
    private readonly IProducer<byte[], byte[]> _producer;

    /// <summary>Connects with the first message.</summary>
    /// <exception cref="InvalidOperationException">The system lacks the client library.</exception>
    public KafkaExperimentPublisher(KafkaOptions options)
    {
        KafkaLibrary.Load();
        _options = options;
        _producer = KafkaProducer.Build(options);
    }

    /// <summary>Writes a message and waits until the broker has it.</summary>
    /// <param name="key">The experiment's.</param>
    /// <param name="definition">Its definition; empty where it is removed.</param>
    /// <param name="cancellation">Ends the wait; the message may still get there.</param>
    /// <returns>Where it stands.</returns>
    /// <exception cref="IOException">The broker refused it.</exception>
    public Task<(int Partition, long Offset)> PublishAsync(string key, ReadOnlyMemory<byte> definition, CancellationToken cancellation = default) =>
        _producer.WriteAsync(_options, _options.ExperimentsTopic, Encoding.UTF8.GetBytes(key), definition.IsEmpty ? null : definition.ToArray(), cancellation);

    /// <inheritdoc/>
    public void Dispose() => _producer.Dispose();
}
