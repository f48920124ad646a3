using RecServe.Stream;

namespace RecServe.Cli.Updates;

/// <summary>Refused messages from wherever they are kept.</summary>
internal static class QuarantineReader
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(20);

    /// <summary>Reads a topic from its start to the end that it has now.</summary>
    /// <exception cref="IOException">The brokers do not answer.</exception>
    public static IEnumerable<QuarantinedMessage> Topic(string servers, string topic, CancellationToken cancellation)
    {
        using var source = new KafkaSource(new KafkaOptions { Servers = servers, RowsTopic = topic });
        long begin = TimeProvider.System.GetTimestamp();
        while (source.Trouble is { } trouble)
        {
            if (TimeProvider.System.GetElapsedTime(begin) > LongestSilence)
                throw new IOException(trouble);
            cancellation.WaitHandle.WaitOne(20);
            cancellation.ThrowIfCancellationRequested();
        }

        SourcePartition[] partitions = [.. source.Partitions];
        long left = partitions.Sum(partition => partition.End - partition.Start);
        foreach (SourcePartition partition in partitions)
            source.Begin(partition.Id, partition.Start);
        var messages = new List<UpdateMessage>();
        for (begin = TimeProvider.System.GetTimestamp(); left > 0 && TimeProvider.System.GetElapsedTime(begin) < LongestSilence;)
        {
            cancellation.ThrowIfCancellationRequested();
            messages.Clear();
            source.Read(messages, 1_000, 16 << 20, TimeSpan.FromMilliseconds(100));
            foreach (UpdateMessage message in messages)
            {
                left--;
                begin = TimeProvider.System.GetTimestamp();
                if (QuarantinedMessage.FromBytes(message.Value.Span) is { } quarantined)
                    yield return quarantined;
            }
        }
    }
}
