using System.Collections.Concurrent;
using Confluent.Kafka;

namespace RecServe.Stream;

/// <summary>
/// A Kafka topic. Every node reads every partition, from the offsets that its own store has; so there is no consumer group, and nothing is rebalanced. A thread of its own
/// asks for the topic once a second: brokers that are gone, a topic that is not there yet and new partitions are found by it, never by the reading thread.
/// </summary>
public sealed class KafkaSource : IUpdateSource
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1), LongestAnswer = TimeSpan.FromSeconds(3);

    // The protocol's own times for both ends of a log.
    private static readonly Timestamp Newest = new(-1, TimestampType.NotAvailable), Oldest = new(-2, TimestampType.NotAvailable);

    private readonly KafkaOptions _options;
    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly KafkaTopic _topic;
    private readonly ConcurrentDictionary<int, SourcePartition> _partitions = [];
    private readonly HashSet<int> _begun = [];
    private readonly ManualResetEventSlim _look = new(), _ended = new();
    private readonly Thread _looking;
    private readonly Dictionary<int, Task<string?>> _asking = []; // by broker; the looking thread's
    private volatile string? _trouble;
    private volatile bool _isAbsent;
    private volatile bool _hasLooked;

    /// <summary>Begins to look for the broker and the topic; returns at once.</summary>
    /// <param name="options">Where the brokers are.</param>
    /// <param name="topic">Which topic; null for that of row updates.</param>
    /// <exception cref="InvalidOperationException">The system lacks the client library, or an option cannot be followed.</exception>
    public KafkaSource(KafkaOptions options, string? topic = null)
    {
        KafkaLibrary.Load();
        _options = options;
        Topic = topic ?? options.RowsTopic;
        _trouble = $"no broker at {options.Servers} was reached yet";
        _consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = options.Servers,
            GroupId = "recserve", // asked for by the client, used for nothing: partitions are assigned, offsets are the store's
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            AllowAutoCreateTopics = false,
            AutoOffsetReset = AutoOffsetReset.Error, // an offset that is gone is a gap to be shown, never to be skipped
            FetchWaitMaxMs = options.FetchWaitMs,
            FetchMaxBytes = Math.Max(options.QueueBytes / 4, options.MessageBytes + 1024),
            MessageMaxBytes = options.MessageBytes + 1024,
            MaxPartitionFetchBytes = options.MessageBytes + 1024,
            QueuedMinMessages = 10_000,
            QueuedMaxMessagesKbytes = Math.Max(1, options.QueueBytes >> 10),
            ReconnectBackoffMaxMs = 1_000,
            SocketTimeoutMs = 5_000,
        }).SetLogHandler((_, _) => { }).SetErrorHandler((_, error) => Note(error)).Build();
        _topic = new KafkaTopic(options.Servers, Topic);
        _looking = new Thread(Look) { Name = "updates look", IsBackground = true };
        _looking.Start();
    }

    /// <inheritdoc/>
    public string Name => $"kafka:{Topic}";

    /// <inheritdoc/>
    public string Topic { get; }

    /// <inheritdoc/>
    public string? Trouble => _trouble;

    /// <inheritdoc/>
    public bool IsAbsent => _isAbsent;

    /// <inheritdoc/>
    public bool HasLooked => _hasLooked;

    /// <inheritdoc/>
    public bool IsEnded => false;

    /// <inheritdoc/>
    public IReadOnlyList<SourcePartition> Partitions => [.. _partitions.Values.Select(WithEnd)];

    /// <inheritdoc/>
    public void Begin(int partition, long offset)
    {
        var place = new TopicPartitionOffset(Topic, partition, offset);
        if (!_begun.Add(partition))
            _consumer.IncrementalUnassign([place.TopicPartition]);
        _consumer.IncrementalAssign([place]);
    }

    /// <inheritdoc/>
    public void Pause(int partition)
    {
        if (_begun.Remove(partition))
            _consumer.IncrementalUnassign([new TopicPartition(Topic, partition)]);
    }

    /// <inheritdoc/>
    public void Read(List<UpdateMessage> messages, int most, int mostBytes, TimeSpan wait)
    {
        TimeSpan patience = wait;
        while (messages.Count < most && mostBytes > 0)
        {
            ConsumeResult<byte[], byte[]>? result;
            try
            {
                result = _consumer.Consume(patience);
            }
            catch (ConsumeException)
            {
                // Most often an offset that the log does not have any more: a look brings its new start, by which the gap is seen.
                _look.Set();
                return;
            }

            if (result?.Message is not { } message)
                return;
            patience = TimeSpan.Zero;
            messages.Add(new UpdateMessage(result.Partition.Value, result.Offset.Value, message.Timestamp.UnixTimestampMs, message.Key, message.Value));
            mostBytes -= message.Value?.Length ?? 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended.Set();
        _look.Set();
        _looking.Join();
        _topic.Dispose();
        _consumer.Close();
        _consumer.Dispose();
        _look.Dispose();
        _ended.Dispose();
    }

    /// <summary>The end moves with every answer of the broker; asking for it costs no request.</summary>
    private SourcePartition WithEnd(SourcePartition partition)
    {
        long high = _consumer.GetWatermarkOffsets(new TopicPartition(Topic, partition.Id)).High.Value;
        return high > partition.End ? partition with { End = high } : partition;
    }

    private void Look()
    {
        while (!_ended.IsSet)
        {
            try
            {
                (Error error, (int Id, int Leader)[] partitions) = _topic.Ask(LongestAnswer);
                _isAbsent = error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic || (!error.IsError && partitions.Length == 0);
                if (error.IsError || partitions.Length == 0)
                    _trouble = $"the brokers at {_options.Servers} have no topic {Topic}: {error.Reason}";
                else
                    _trouble = Ask(partitions);
            }
            catch (KafkaException failure)
            {
                _trouble = $"no broker answers at {_options.Servers}: {failure.Error.Reason}";
            }

            _hasLooked = true;
            _look.Wait(BetweenLooks);
            _look.Reset();
        }
    }

    /// <summary>
    /// Asks for the range of every partition, those of one broker together, the brokers at the same time: a question to a broker that is gone is given up when it is back, whatever
    /// limit it was asked with, and must not keep the others' partitions from being read.
    /// </summary>
    /// <returns>What is amiss, or null.</returns>
    private string? Ask((int Id, int Leader)[] partitions)
    {
        string? trouble = null;
        foreach (IGrouping<int, int> led in partitions.GroupBy(partition => partition.Leader, partition => partition.Id))
        {
            if (_asking.TryGetValue(led.Key, out Task<string?>? asked) && !asked.IsCompleted)
                continue;
            int[] ids = [.. led];
            _asking[led.Key] = Task.Factory.StartNew(() => AskBroker(ids), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        Task.WaitAll([.. _asking.Values], LongestAnswer);
        foreach ((int broker, Task<string?> asked) in _asking)
            trouble ??= asked.IsCompleted ? asked.Result : $"broker {broker} of {_options.Servers} does not answer";
        foreach (int broker in _asking.Keys.Except(partitions.Select(partition => partition.Leader)).Where(broker => _asking[broker].IsCompleted).ToArray())
            _asking.Remove(broker);
        return trouble;
    }

    /// <summary>
    /// Asks one broker for the ranges of all partitions that it leads. Two questions for all, where a question for each let the last partition begin when the others' messages were there already: of a
    /// process that was killed again and again it was never read.
    /// </summary>
    /// <returns>What is amiss, or null.</returns>
    private string? AskBroker(int[] partitions)
    {
        if (_ended.IsSet)
            return null;
        try
        {
            // Starts first: what is deleted in between makes a range longer, never one that ends before it begins.
            Dictionary<int, TopicPartitionOffsetError> starts = OffsetsAt(partitions, Oldest), ends = OffsetsAt(partitions, Newest);
            string? trouble = null;
            foreach (int partition in partitions)
            {
                TopicPartitionOffsetError start = starts[partition], end = ends[partition];
                Error error = start.Error.IsError ? start.Error : end.Error;

                // Of a partition that the answer leaves out the library gives back what it was asked with, and no error.
                if (!error.IsError && (start.Offset.Value < 0 || end.Offset.Value < 0))
                    error = new Error(ErrorCode.Local_NoOffset);
                if (error.IsError)
                    trouble ??= $"partition {partition} of {Topic} cannot be asked for: {error.Reason}";
                else
                    _partitions[partition] = new SourcePartition(partition, start.Offset.Value, end.Offset.Value);
            }

            return trouble;
        }
        catch (ObjectDisposedException)
        {
            return null; // the source was closed while a broker that was gone was asked
        }
        catch (KafkaException failure)
        {
            return $"partitions {string.Join(", ", partitions)} of {Topic} cannot be asked for: {failure.Error.Reason}";
        }
    }

    private Dictionary<int, TopicPartitionOffsetError> OffsetsAt(int[] partitions, Timestamp which)
    {
        try
        {
            return _consumer.OffsetsForTimes(partitions.Select(partition => new TopicPartitionTimestamp(Topic, partition, which)), LongestAnswer)
                .ToDictionary(answer => answer.Partition.Value, answer => new TopicPartitionOffsetError(answer, new Error(ErrorCode.NoError)));
        }
        catch (TopicPartitionOffsetException some)
        {
            return some.Results.ToDictionary(answer => answer.Partition.Value);
        }
    }

    private void Note(Error error)
    {
        if (error.Code == ErrorCode.Local_AllBrokersDown)
            _trouble = $"no broker answers at {_options.Servers}: {error.Reason}";
    }
}
