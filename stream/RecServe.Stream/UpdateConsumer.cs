using System.Collections.Concurrent;
using RecServe.Embeddings;

namespace RecServe.Stream;

/// <summary>
/// The update path, from a source of messages to what rankings see; what the messages are, <see cref="IUpdateHandler"/> knows:
/// <code>
/// source ─► decode (pure) ─► judge (what is refused goes to the quarantine) ─► apply ─► offset ─► checkpoint
/// </code>
/// One thread reads, decodes and judges; another applies. Between them lie at most three batches: where applying is slower than reading, reading waits, and the source
/// with it. A message's offset moves on after all of its rows were applied or quarantined; offsets are kept inside the store's checkpoint, so that after a kill the node goes on from
/// exactly the rows it has. What is applied twice changes nothing, because a row that is not newer is ignored.
/// </summary>
public sealed partial class UpdateConsumer : IDisposable
{
    private const int Batches = 3;
    private static readonly TimeSpan ReadWait = TimeSpan.FromMilliseconds(20), RetryWait = TimeSpan.FromMilliseconds(200);

    private readonly IUpdateSource _source;
    private readonly IUpdateHandler _handler;
    private readonly IQuarantine _quarantine;
    private readonly UpdateConsumerOptions _options;
    private readonly IReadOnlyDictionary<string, long> _stored;
    private readonly TimeProvider _time;
    private readonly BatchBudget _budget;
    private readonly ConcurrentDictionary<int, Shard> _shards = [];
    private readonly Handoff<UpdateBatch> _free = new(), _ready = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _reading, _applying;

    /// <summary>Puts a corridor of row updates together.</summary>
    /// <param name="source">Where messages come from; the consumer's to dispose of.</param>
    /// <param name="tables">Where rows go.</param>
    /// <param name="firewall">What is let in.</param>
    /// <param name="quarantine">Where the rest goes; the caller's.</param>
    /// <param name="stored">How far each partition was applied, from <see cref="IRowStore.Offsets"/>.</param>
    /// <param name="options">Settings.</param>
    /// <param name="time">Clock.</param>
    public UpdateConsumer(IUpdateSource source, ITableDirectory tables, UpdateFirewall firewall, IQuarantine quarantine, IReadOnlyDictionary<string, long> stored,
        UpdateConsumerOptions options, TimeProvider time)
        : this(source, new RowUpdates(tables, firewall, options.Limits), quarantine, stored, options, time)
    {
    }

    /// <summary>Puts a corridor together; <see cref="Start"/> opens it.</summary>
    /// <param name="source">Where messages come from; the consumer's to dispose of.</param>
    /// <param name="handler">What they are, and where they go.</param>
    /// <param name="quarantine">Where what is refused goes; the caller's.</param>
    /// <param name="stored">How far each partition was applied to what the node has, from <see cref="IRowStore.Offsets"/>. A partition that is not in it is read from the log's start.</param>
    /// <param name="options">Settings.</param>
    /// <param name="time">Clock.</param>
    public UpdateConsumer(IUpdateSource source, IUpdateHandler handler, IQuarantine quarantine, IReadOnlyDictionary<string, long> stored, UpdateConsumerOptions options, TimeProvider time)
    {
        (_source, _handler, _quarantine, _stored, _options, _time) = (source, handler, quarantine, stored, options, time);
        _contact = time.GetTimestamp();
        _budget = new BatchBudget(options.BatchBytes);
        _stop.Token.Register(_free.End);
        for (int i = 0; i < Batches; i++)
            _free.Add(handler.NewBatch(source.Topic, time));
        _reading = new Thread(() => Guard(Read)) { Name = "updates read", IsBackground = true };
        _applying = new Thread(() => Guard(Apply)) { Name = "updates apply", IsBackground = true };
    }

    /// <summary>Begins to read and apply.</summary>
    public void Start()
    {
        _reading.Start();
        _applying.Start();
    }

    /// <summary>Stops reading, and applies what was read. The offsets are final when it returns.</summary>
    public void Drain()
    {
        _stop.Cancel();
        foreach (Thread thread in (ReadOnlySpan<Thread>)[_reading, _applying])
        {
            if (thread.IsAlive)
                thread.Join();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Drain();
        _source.Dispose();
        _stop.Dispose();
    }

    private void Read()
    {
        var messages = new List<UpdateMessage>();
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                Tend();
                messages.Clear();
                _source.Read(messages, _options.BatchMessages, _budget.Bytes, ReadWait);
                if (messages.Count == 0)
                {
                    if (_source.IsEnded)
                        break;
                    continue;
                }

                // Waits while three batches are under way. Closed meanwhile, the messages are read again by the next one: nothing of them is applied.
                if (!_free.TryTake(out UpdateBatch? batch) || _stop.IsCancellationRequested)
                    break;
                TimeSpan left = _options.LongestGivingWay;
                foreach (UpdateMessage message in messages)
                {
                    GiveWay(ref left);
                    Prepare(message, batch);
                }

                _ready.Add(batch);
            }
        }
        finally
        {
            _ready.End();
        }
    }

    /// <summary>Between a pause and the source's hearing of it, or after going back, messages come that are not wanted now; the others join the batch.</summary>
    private void Prepare(in UpdateMessage message, UpdateBatch batch)
    {
        if (!_shards.TryGetValue(message.Partition, out Shard? shard) || shard.State != ShardState.Running || message.Offset < shard.ReadNext)
            return;
        shard.ReadNext = message.Offset + 1;
        batch.Prepare(message);
    }

    private void Apply()
    {
        while (_ready.TryTake(out UpdateBatch? batch))
        {
            TimeSpan left = _options.LongestGivingWay;
            long start = _time.GetTimestamp();
            if (!Until(() => batch.Write(() => GiveWay(ref left))))
                return;
            _budget.Note(batch.Messages.Sum(entry => (long)entry.Message.Value.Length), _time.GetElapsedTime(start));
            Count(batch);
            foreach (QuarantinedMessage refused in batch.Refused)
            {
                if (!Until(() => _quarantine.TryAdd(refused) ? null : "the quarantine takes no more messages: its broker, its disk or its limit"))
                    return;
                Count(refused);
            }

            Advance(batch);
            batch.Clear();
            _free.Add(batch);
        }
    }

    /// <summary>
    /// By asking, not by a lower priority of the threads: a thread that the system keeps waiting may hold a row half written or the collector of garbage, and rankings would wait for it.
    /// </summary>
    /// <param name="left">How long the batch may yet do so on this thread.</param>
    private void GiveWay(ref TimeSpan left)
    {
        if (_options.IsBusy is not { } isBusy || left <= TimeSpan.Zero || !isBusy())
            return;
        long start = _time.GetTimestamp();
        TimeSpan stood;
        do
        {
            if (_signal.IsAwaited || _stop.IsCancellationRequested)
                return;
            Thread.Sleep(1);
            stood = _time.GetElapsedTime(start);
        }
        while (stood < left && isBusy());

        left -= stood;
    }

    /// <summary>Tries again until it is done; what keeps it is shown meanwhile. False if the corridor is closed before.</summary>
    private bool Until(Func<string?> done)
    {
        while (done() is { } trouble)
        {
            _writeTrouble = trouble;
            if (_stop.Token.WaitHandle.WaitOne(RetryWait))
                return false;
        }

        _writeTrouble = null;
        return true;
    }

    private void Guard(Action work)
    {
        try
        {
            work();
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // A defect must not end a server that ranks: the corridor stands, and says so wherever its state is shown.
            _failure = $"{failure.GetType().Name}: {failure.Message}";
            _stop.Cancel();
        }
    }
}
