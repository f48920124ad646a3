using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using RecServe.Embeddings;

namespace RecServe.Stream;

/// <summary>
/// The update path, from a source of messages to rows that rankings see:
/// <code>
/// source ─► decode (pure) ─► judge (what is refused goes to the quarantine) ─► EmbeddingTable.Apply ─► offset ─► checkpoint
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
    private readonly ITableDirectory _tables;
    private readonly UpdateFirewall _firewall;
    private readonly IQuarantine _quarantine;
    private readonly UpdateConsumerOptions _options;
    private readonly IReadOnlyDictionary<string, long> _stored;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<int, Shard> _shards = [];
    private readonly BlockingCollection<PreparedBatch> _free = new(), _ready = new(Batches);
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _reading, _applying;
    private RefusalReason[] _verdicts = [];

    /// <summary>Puts a corridor together; <see cref="Start"/> opens it.</summary>
    /// <param name="source">Where messages come from; the consumer's to dispose of.</param>
    /// <param name="tables">Where rows go.</param>
    /// <param name="firewall">What is let in.</param>
    /// <param name="quarantine">Where the rest goes; the caller's.</param>
    /// <param name="stored">How far each partition was applied to the rows that the node has, from <see cref="IRowStore.Offsets"/>. A partition that is not in it is read from the log's start.</param>
    /// <param name="options">Settings.</param>
    /// <param name="time">Clock.</param>
    public UpdateConsumer(IUpdateSource source, ITableDirectory tables, UpdateFirewall firewall, IQuarantine quarantine, IReadOnlyDictionary<string, long> stored,
        UpdateConsumerOptions options, TimeProvider time)
    {
        (_source, _tables, _firewall, _quarantine, _stored, _options, _time) = (source, tables, firewall, quarantine, stored, options, time);
        _contact = time.GetTimestamp();
        for (int i = 0; i < Batches; i++)
            _free.Add(new PreparedBatch());
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
        _free.Dispose();
        _ready.Dispose();
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
                _source.Read(messages, _options.BatchMessages, _options.BatchBytes, ReadWait);
                if (messages.Count == 0)
                {
                    if (_source.IsEnded)
                        break;
                    continue;
                }

                // Waits while three batches are under way. Closed meanwhile, the messages are read again by the next one: nothing of them is applied.
                if (!TryTake(out PreparedBatch? batch))
                    break;
                foreach (UpdateMessage message in messages)
                    Prepare(message, batch);
                _ready.Add(batch);
            }
        }
        finally
        {
            _ready.CompleteAdding();
        }
    }

    private bool TryTake([NotNullWhen(true)] out PreparedBatch? batch)
    {
        try
        {
            return _free.TryTake(out batch, Timeout.Infinite, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            batch = null;
            return false;
        }
    }

    /// <summary>Decodes and judges a message; its rows join their tables' in the batch.</summary>
    private void Prepare(in UpdateMessage message, PreparedBatch batch)
    {
        // Between a pause and the source's hearing of it, or after going back, messages come that are not wanted now.
        if (!_shards.TryGetValue(message.Partition, out Shard? shard) || shard.State != ShardState.Running || message.Offset < shard.ReadNext)
            return;
        shard.ReadNext = message.Offset + 1;
        if (UpdateDecoder.Decode(message.Value, _options.Limits, out RowUpdate? update) is { } refusal)
        {
            batch.Messages.Add((message, 0, 0));
            batch.Refused.Add(Quarantined(message, [], refusal.Reason, refusal.Detail));
            return;
        }

        batch.Messages.Add((message, update!.EventTime, update.Rows.Length));
        RefusalReason unknown = _tables.Find(update.Lineage, update.Table, out IReadOnlyList<EmbeddingTable> tables);
        if (unknown != RefusalReason.None)
        {
            batch.Refused.Add(Quarantined(message, [], unknown, unknown == RefusalReason.UnknownTable
                ? $"the models of lineage {update.Lineage} have no table '{update.Table}'"
                : $"no model that is served has the lineage {update.Lineage}"));
            return;
        }

        if (_verdicts.Length < update.Rows.Length)
            _verdicts = new RefusalReason[update.Rows.Length];
        Span<RefusalReason> verdicts = _verdicts.AsSpan(0, update.Rows.Length);
        verdicts.Clear();
        foreach (RefusedDelta refused in update.Refused)
            verdicts[refused.Index] = refused.Reason;
        foreach (EmbeddingTable table in tables)
            _firewall.Judge(update, message, table, verdicts);
        RowOrigin origin = UpdateOrigin.Of(update, message);
        foreach (EmbeddingTable table in tables)
        {
            TableRows rows = batch.Of(table);
            for (int i = 0; i < verdicts.Length; i++)
            {
                if (verdicts[i] != RefusalReason.None)
                    continue;
                rows.Deltas.Add(update.Rows[i]);
                rows.Origins.Add(origin);
                rows.Places.Add((batch.Messages.Count - 1, i));
            }
        }

        if (Refusals(verdicts) is { Count: > 0 } some)
            batch.Refused.Add(Quarantined(message, some, some[0].Reason, $"{some.Count} of {verdicts.Length} rows of table '{update.Table}' by '{update.Producer}'"));
    }

    private void Apply()
    {
        foreach (PreparedBatch batch in _ready.GetConsumingEnumerable())
        {
            foreach (TableRows rows in batch.Tables.Values)
            {
                if (!Until(() => Write(rows, batch)))
                    return;
            }

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

    /// <summary>The one door for rows. Returns what keeps them from being written now, or null.</summary>
    private string? Write(TableRows rows, PreparedBatch batch)
    {
        ReadOnlySpan<RowDelta> deltas = CollectionsMarshal.AsSpan(rows.Deltas);
        ReadOnlySpan<RowOrigin> origins = CollectionsMarshal.AsSpan(rows.Origins);
        try
        {
            ApplyResult result = rows.Table.Apply(deltas, origins);
            if (result.Refused > 0)
                FindRefused(rows, batch);
            Count(result);
            return null;
        }
        catch (RowStoreException failure)
        {
            return failure.Message;
        }
    }

    /// <summary>Rows that only the table's own precision can tell to be too large. They are few: each of the batch's rows is offered once more, alone, to find them.</summary>
    private void FindRefused(TableRows rows, PreparedBatch batch)
    {
        for (int i = 0; i < rows.Deltas.Count; i++)
        {
            RowDelta delta = rows.Deltas[i];
            RowOrigin origin = rows.Origins[i];
            if (rows.Table.Apply(new ReadOnlySpan<RowDelta>(in delta), new ReadOnlySpan<RowOrigin>(in origin)).Refused == 0)
                continue;
            (int message, int row) = rows.Places[i];
            batch.Refused.Add(Quarantined(batch.Messages[message].Message, [new RefusedDelta(row, RefusalReason.OutOfRange)], RefusalReason.OutOfRange,
                $"a number of the row is too large for the precision of table '{rows.Table.Name}'"));
        }
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

    private QuarantinedMessage Quarantined(in UpdateMessage message, IReadOnlyList<RefusedDelta> rows, RefusalReason reason, string detail) =>
        new(_source.Topic, message.Partition, message.Offset, _time.GetUtcNow().ToUnixTimeMilliseconds(), rows, reason, detail, message.Key, message.Value);

    private static List<RefusedDelta>? Refusals(ReadOnlySpan<RefusalReason> verdicts)
    {
        List<RefusedDelta>? refused = null;
        for (int i = 0; i < verdicts.Length; i++)
        {
            if (verdicts[i] != RefusalReason.None)
                (refused ??= []).Add(new RefusedDelta(i, verdicts[i]));
        }

        return refused;
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
