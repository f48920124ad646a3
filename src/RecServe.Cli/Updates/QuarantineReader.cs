using RecServe.Stream;

namespace RecServe.Cli.Updates;

/// <summary>Refused messages from wherever they are kept.</summary>
internal static class QuarantineReader
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(20);

    /// <summary>Reads a topic from its start to the end that it has now.</summary>
    /// <exception cref="IOException">The brokers do not answer, or do not have the topic.</exception>
    public static IEnumerable<QuarantinedMessage> Topic(string servers, string topic, CancellationToken cancellation)
    {
        using var source = new KafkaSource(new KafkaOptions { Servers = servers }, topic);
        foreach (UpdateMessage message in new TopicReader(source, LongestSilence).Read(cancellation))
        {
            if (QuarantinedMessage.FromBytes(message.Value.Span) is { } quarantined)
                yield return quarantined;
        }
    }
}
