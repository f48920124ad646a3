using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace RecServe.Stream;

/// <summary>
/// Asks brokers for the partitions of a topic, by the client library's own call. The binding has it on its admin client alone, whose polling loop never waits: a core, and 20 MB of garbage a
/// second, for as long as a broker takes to answer (Confluent.Kafka 1.9.3), and every collection of it stops the rankings of that server.
/// </summary>
internal sealed class KafkaTopic : IDisposable
{
    private const int Consumer = 1, WithoutLeavingAGroup = 8;

    private readonly IntPtr _client, _topic;

    /// <summary>Begins to look for the brokers; returns at once.</summary>
    /// <param name="servers">Where they are.</param>
    /// <param name="name">Name of the topic.</param>
    /// <exception cref="InvalidOperationException">The system lacks the client library, or an option cannot be followed.</exception>
    public KafkaTopic(string servers, string name)
    {
        _client = KafkaLibrary.NewClient(Consumer, ("bootstrap.servers", servers), ("socket.timeout.ms", "5000"), ("reconnect.backoff.max.ms", "1000"), ("log_level", "0"));
        _topic = rd_kafka_topic_new(_client, name, IntPtr.Zero);
    }

    /// <summary>Asks, and waits for the answer.</summary>
    /// <param name="limit">How long at most.</param>
    /// <returns>What is amiss with the topic, by which it may not be there; and its partitions with the broker that leads each.</returns>
    /// <exception cref="KafkaException">No broker answers.</exception>
    public (Error Error, (int Id, int Leader)[] Partitions) Ask(TimeSpan limit)
    {
        int failure = rd_kafka_metadata(_client, 0, _topic, out IntPtr answer, (int)limit.TotalMilliseconds);
        if (failure != 0)
            throw new KafkaException((ErrorCode)failure);
        try
        {
            Topic topic = Marshal.PtrToStructure<Topic>(Marshal.PtrToStructure<Metadata>(answer).Topics);
            var partitions = new (int, int)[topic.PartitionCount];
            for (int i = 0; i < partitions.Length; i++)
            {
                Partition partition = Marshal.PtrToStructure<Partition>(topic.Partitions + (i * Marshal.SizeOf<Partition>()));
                partitions[i] = (partition.Id, partition.Leader);
            }

            return (new Error((ErrorCode)topic.Error), partitions);
        }
        finally
        {
            rd_kafka_metadata_destroy(answer);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        rd_kafka_topic_destroy(_topic);
        rd_kafka_destroy_flags(_client, WithoutLeavingAGroup);
    }

    [DllImport("rdkafka")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void rd_kafka_destroy_flags(IntPtr client, int flags);

    [DllImport("rdkafka")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern IntPtr rd_kafka_topic_new(IntPtr client, [MarshalAs(UnmanagedType.LPUTF8Str)] string name, IntPtr configuration);

    [DllImport("rdkafka")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void rd_kafka_topic_destroy(IntPtr topic);

    [DllImport("rdkafka")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int rd_kafka_metadata(IntPtr client, int allTopics, IntPtr topic, out IntPtr answer, int milliseconds);

    [DllImport("rdkafka")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void rd_kafka_metadata_destroy(IntPtr answer);

    // As rdkafka.h lays them out (librdkafka 2.0).
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Metadata
    {
        public readonly int BrokerCount;
        public readonly IntPtr Brokers;
        public readonly int TopicCount;
        public readonly IntPtr Topics;
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Topic
    {
        public readonly IntPtr Name;
        public readonly int PartitionCount;
        public readonly IntPtr Partitions;
        public readonly int Error;
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Partition
    {
        public readonly int Id, Error, Leader, ReplicaCount;
        public readonly IntPtr Replicas;
        public readonly int InSyncCount;
        public readonly IntPtr InSync;
    }
}
