using System.Text;

namespace RecServe.Stream;

/// <summary>Writes events to the topic: what feedback over HTTP does where there is a broker, so that every replica counts it.</summary>
/// <param name="options">How the broker is reached.</param>
/// <param name="topic">Topic of events.</param>
/// <exception cref="InvalidOperationException">The system lacks the client library.</exception>
public sealed class KafkaEventPublisher(KafkaOptions options, string topic) : IDisposable
{
    private readonly KafkaPublisher _topic = new(options, topic);

    /// <summary>Writes events under the user's id, or the item's where there is none, so that copies of one meet in one partition, and waits until the broker has them.</summary>
    /// <returns>The token of the last message of each partition that got one.</returns>
    /// <exception cref="IOException">The broker refused one.</exception>
    public async Task<FreshnessToken> PublishAsync(IEnumerable<UserEvent> events, CancellationToken cancellation = default)
    {
        Task<(int Partition, long Offset)>[] writing = [.. from keyed in events.GroupBy(UserEventCodec.KeyOf)
            from message in UserEventCodec.EncodeAll(keyed)
            select _topic.PublishAsync(Encoding.UTF8.GetBytes(keyed.Key), message, cancellation)];
        (int Partition, long Offset)[] written = await Task.WhenAll(writing).ConfigureAwait(false);
        return new FreshnessToken([.. written.GroupBy(one => one.Partition).OrderBy(one => one.Key).Select(one => new FreshnessPlace(FreshnessToken.Events, one.Key, one.Max(message => message.Offset)))]);
    }

    /// <inheritdoc/>
    public void Dispose() => _topic.Dispose();
}
