using System.Diagnostics;
using System.Runtime.InteropServices;
using RecServe.Cli.Bench.Recovery;
using RecServe.Embeddings;
using RecServe.Stream;

namespace RecServe.Cli.Bench.Updates;

/// <summary>Sends messages to a topic at a rate, from a thread of its own.</summary>
internal sealed class UpdateProducer : IDisposable
{
    // A producer that woke for every message took a twentieth of a core, which a server has on a machine of its own.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(10);

    private const int Idle = 5; // SCHED_IDLE: whatever else wants the core takes it at once; with a nice value of 19 it waits for the rest of a turn

    private readonly KafkaPublisher _publisher;
    private readonly Func<long, (byte[] Key, byte[]? Value, int Partition)> _message;
    private readonly Func<bool> _holdBack;
    private readonly Thread _thread;
    private volatile bool _stop;
    private long _sent;

    /// <summary>Row updates: message n goes to partition n mod partitions.</summary>
    /// <param name="servers">Brokers.</param>
    /// <param name="partitions">Partitions of the topic.</param>
    /// <param name="messagesPerSecond">0 for as many as go.</param>
    /// <param name="message">The n-th message.</param>
    /// <param name="holdBack">Whether so many wait to be read that the brokers would have to drop some.</param>
    /// <param name="givesWay">Whether its threads run at the lowest priority: it stands for another machine, and what is measured is a server.</param>
    public UpdateProducer(string servers, int partitions, double messagesPerSecond, Func<long, byte[]> message, Func<bool> holdBack, bool givesWay = false)
        : this(new KafkaOptions { Servers = servers, LingerMs = messagesPerSecond > 0 ? 5 : 50 }, CorridorDrill.RowsTopic, messagesPerSecond, number => ([], message(number), (int)(number % partitions)), holdBack, givesWay)
    {
    }

    /// <param name="options">Brokers, and how long messages wait for others. The brokers in memory answer a request with one set of messages a
    /// partition: as fast as it goes, sets have to be large, as a real producer's are.</param>
    /// <param name="topic">Topic.</param>
    /// <param name="messagesPerSecond">0 for as many as go.</param>
    /// <param name="message">The n-th message.</param>
    /// <param name="holdBack">Whether it must wait.</param>
    /// <param name="givesWay">Whether its threads run at the lowest priority.</param>
    public UpdateProducer(KafkaOptions options, string topic, double messagesPerSecond, Func<long, (byte[] Key, byte[]? Value, int Partition)> message, Func<bool> holdBack, bool givesWay = false)
    {
        (_message, _holdBack) = (message, holdBack);
        var connected = new TaskCompletionSource<KafkaPublisher>();
        _thread = new Thread(() =>
        {
            // The client's threads inherit it from the one that makes them.
            if (givesWay && OperatingSystem.IsLinux())
                _ = SetScheduler(0, Idle, 0);
            KafkaPublisher publisher;
            try
            {
                connected.SetResult(publisher = new KafkaPublisher(options, topic));
            }
            catch (InvalidOperationException failure)
            {
                connected.SetException(failure);
                return;
            }

            Send(publisher, messagesPerSecond);
        })
        { Name = "producer", IsBackground = true };
        _thread.Start();
        _publisher = connected.Task.GetAwaiter().GetResult();
    }

    /// <summary>Messages sent so far.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>The message of a batch of the drill's updates.</summary>
    public static byte[] Message(DrillUpdates updates, long batch, long eventTime) =>
        RowUpdateCodec.Encode(new RowUpdate(UpdateNode.Lineage, UpdateNode.Table, "bench", eventTime, updates.Batch(batch), []));

    /// <summary>Stops, and waits until the brokers have everything.</summary>
    public long Finish()
    {
        _stop = true;
        _thread.Join();
        if (_publisher.Flush(TimeSpan.FromMinutes(2)) > 0)
            throw new InvalidOperationException("the brokers do not take the last messages");
        return Sent;
    }

    public void Dispose()
    {
        _stop = true;
        _thread.Join();
        _publisher.Dispose();
    }

    /// <summary>Parameter: the address of one number, the priority, which this policy does not have.</summary>
    [DllImport("libc", EntryPoint = "sched_setscheduler")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetScheduler(int thread, int policy, in int priority);

    private void Send(KafkaPublisher publisher, double messagesPerSecond)
    {
        var watch = Stopwatch.StartNew();
        while (!_stop)
        {
            bool isEarly = messagesPerSecond > 0 && Sent > watch.Elapsed.TotalSeconds * messagesPerSecond;
            if (isEarly || _holdBack())
            {
                Thread.Sleep(isEarly ? Pace : TimeSpan.FromMilliseconds(1));
                continue;
            }

            long number = Sent;
            (byte[] key, byte[]? value, int partition) = _message(number);
            bool isTaken;
            while (!(isTaken = publisher.TryPublish(key, value, partition)) && !_stop)
                Thread.Sleep(1);

            // Stopped meanwhile or not: what the client has taken goes to the brokers.
            if (isTaken)
                Volatile.Write(ref _sent, number + 1);
        }
    }
}
