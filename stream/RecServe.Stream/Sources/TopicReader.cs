using System.Diagnostics;

namespace RecServe.Stream;

/// <summary>Reads what a topic holds when reading begins, once, from its start: for exports.</summary>
/// <param name="source">The topic; the caller's.</param>
/// <param name="patience">How long the topic may stay out of reach, or keep back what it says it has.</param>
public sealed class TopicReader(IUpdateSource source, TimeSpan patience)
{
    private const int BatchMessages = 10_000, BatchBytes = 4 << 20;
    private static readonly TimeSpan ReadWait = TimeSpan.FromMilliseconds(100);

    /// <summary>The messages, those of one partition in its order.</summary>
    /// <exception cref="IOException">The topic cannot be read; the message says why.</exception>
    public IEnumerable<UpdateMessage> Read(CancellationToken cancellation)
    {
        Dictionary<int, long> left = Begin(cancellation);
        var messages = new List<UpdateMessage>();
        long heard = Stopwatch.GetTimestamp();
        while (left.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            messages.Clear();
            source.Read(messages, BatchMessages, BatchBytes, ReadWait);
            foreach (UpdateMessage message in messages)
            {
                if (!left.TryGetValue(message.Partition, out long end))
                    continue;
                if (message.Offset < end)
                    yield return message;
                if (message.Offset >= end - 1)
                    left.Remove(message.Partition);
            }

            if (messages.Count > 0)
                heard = Stopwatch.GetTimestamp();
            else if (Stopwatch.GetElapsedTime(heard) > patience)
            {
                // Marks of transactions and what compaction removed take up offsets that nobody delivers: without a trouble that is the end.
                if (source.Trouble is { } trouble)
                    throw new IOException(trouble);
                break;
            }
        }
    }

    private Dictionary<int, long> Begin(CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        while (!source.HasLooked || source.Partitions.Count == 0 || source.Trouble is not null)
        {
            if (source.HasLooked && (source.IsAbsent || Stopwatch.GetElapsedTime(start) > patience))
                throw new IOException(source.Trouble ?? $"topic {source.Topic} has no partitions");
            cancellation.WaitHandle.WaitOne(ReadWait);
            cancellation.ThrowIfCancellationRequested();
        }

        var left = new Dictionary<int, long>();
        foreach (SourcePartition partition in source.Partitions.Where(partition => partition.End > partition.Start))
        {
            left[partition.Id] = partition.End;
            source.Begin(partition.Id, partition.Start);
        }

        return left;
    }
}
