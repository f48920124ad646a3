using System.Runtime.InteropServices;

namespace RecServe.Stream;

/// <summary>
/// Kafka brokers inside this process, on loopback: those that the client library brings along for its own tests. They speak the real protocol to any client, keep the newest 5 MB of a
/// partition in memory, and can be taken down and up. For tests, benchmarks and demonstrations.
/// </summary>
public sealed class LoopbackBroker : IDisposable
{
    private const int Producer = 0;

    private readonly IntPtr _client, _cluster;

    /// <summary>Starts brokers.</summary>
    /// <param name="brokers">How many, 1 to 16.</param>
    /// <exception cref="InvalidOperationException">The system lacks the client library.</exception>
    public LoopbackBroker(int brokers = 1)
    {
        _client = KafkaLibrary.NewClient(Producer);
        _cluster = rd_kafka_mock_cluster_new(_client, brokers);
        Servers = Marshal.PtrToStringUTF8(rd_kafka_mock_cluster_bootstraps(_cluster))!;
        Brokers = brokers;
    }

    /// <summary>Where clients find it.</summary>
    public string Servers { get; }

    /// <summary>How many brokers.</summary>
    public int Brokers { get; }

    /// <summary>Makes a topic.</summary>
    public void Create(string topic, int partitions) => Check(rd_kafka_mock_topic_create(_cluster, topic, partitions, Brokers), $"topic {topic}");

    /// <summary>Closes a broker's connections and refuses new ones, or takes them again. Numbers begin at 1.</summary>
    public void Set(int broker, bool isUp) => Check(isUp ? rd_kafka_mock_broker_set_up(_cluster, broker) : rd_kafka_mock_broker_set_down(_cluster, broker), $"broker {broker}");

    /// <summary>Makes a broker the leader of a partition; without it leaders are drawn.</summary>
    public void Lead(string topic, int partition, int broker) => Check(rd_kafka_mock_partition_set_leader(_cluster, topic, partition, broker), $"broker {broker} as leader of partition {partition} of {topic}");

    /// <summary>Lets a broker answer later than it would.</summary>
    public void Slow(int broker, TimeSpan roundTrip) => Check(rd_kafka_mock_broker_set_rtt(_cluster, broker, (int)roundTrip.TotalMilliseconds), $"broker {broker}");

    /// <inheritdoc/>
    public void Dispose()
    {
        rd_kafka_mock_cluster_destroy(_cluster);
        rd_kafka_destroy(_client);
    }

    private static void Check(int error, string what)
    {
        if (error != 0)
            throw new InvalidOperationException($"the loopback broker refuses {what}: error {error}");
    }

    [DllImport("rdkafka")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void rd_kafka_destroy(IntPtr client);

    [DllImport("rdkafka")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern IntPtr rd_kafka_mock_cluster_new(IntPtr client, int brokers);

    [DllImport("rdkafka")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void rd_kafka_mock_cluster_destroy(IntPtr cluster);

    [DllImport("rdkafka")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern IntPtr rd_kafka_mock_cluster_bootstraps(IntPtr cluster);

    [DllImport("rdkafka")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int rd_kafka_mock_topic_create(IntPtr cluster, [MarshalAs(UnmanagedType.LPUTF8Str)] string topic, int partitions, int replicas);

    [DllImport("rdkafka")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int rd_kafka_mock_partition_set_leader(IntPtr cluster, [MarshalAs(UnmanagedType.LPUTF8Str)] string topic, int partition, int broker);

    [DllImport("rdkafka")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int rd_kafka_mock_broker_set_down(IntPtr cluster, int broker);

    [DllImport("rdkafka")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int rd_kafka_mock_broker_set_up(IntPtr cluster, int broker);

    [DllImport("rdkafka")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int rd_kafka_mock_broker_set_rtt(IntPtr cluster, int broker, int milliseconds);
}
