using System.Collections.Concurrent;
using RecServe.FeatureStore;

namespace RecServe.Stream;

/// <summary>
/// The path of events, from a source of messages to features that rankings see:
/// <code>
/// source ─► decode (pure) ─► EventStore.Apply: judge, count, offset ─► checkpoint
/// </code>
/// One thread does all of it. What is counted and how far the log was applied change together and are checkpointed in one file, so that after a kill the node goes on from exactly the
/// counts it has, and no event is counted twice.
/// </summary>
public sealed partial class EventConsumer : IDisposable
{
    private const int BatchMessages = 1_024, BatchBytes = 4 << 20;
    private static readonly TimeSpan ReadWait = TimeSpan.FromMilliseconds(20), RetryWait = TimeSpan.FromMilliseconds(200), Quiet = TimeSpan.FromSeconds(5);

    private readonly IUpdateSource _source;
    private readonly EventStore _store;
    private readonly IQuarantine _quarantine;
    private readonly EventConsumerOptions _options;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<int, Place> _places = [];
    private readonly AppliedSignal _applied = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _working;
    private volatile string? _failure, _trouble;
    private long _messages, _refused, _lost, _checkpointed, _heard;
    private bool _isChanged;

    /// <summary>Puts it together; <see cref="Start"/> begins to read.</summary>
    /// <param name="source">Where messages come from; the consumer's to dispose of.</param>
    /// <param name="store">Where events are counted, as the checkpoint left it; the caller's.</param>
    /// <param name="quarantine">Where messages go that cannot be read; the caller's.</param>
    /// <param name="options">Settings.</param>
    /// <param name="time">Clock.</param>
    public EventConsumer(IUpdateSource source, EventStore store, IQuarantine quarantine, EventConsumerOptions options, TimeProvider time)
    {
        (_source, _store, _quarantine, _options, _time) = (source, store, quarantine, options, time);
        _checkpointed = _heard = time.GetTimestamp();
        _working = new Thread(Work) { Name = "events", IsBackground = true };
    }

    /// <summary>Begins to read and count.</summary>
    public void Start() => _working.Start();

    /// <summary>Stops reading, and checkpoints what was counted.</summary>
    public void Drain()
    {
        _stop.Cancel();
        if (_working.IsAlive)
            _working.Join();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Drain();
        _source.Dispose();
        _stop.Dispose();
    }

    private void Work()
    {
        try
        {
            var messages = new List<UpdateMessage>();
            while (!_stop.IsCancellationRequested)
            {
                Tend();
                messages.Clear();
                _source.Read(messages, BatchMessages, BatchBytes, ReadWait);
                foreach (UpdateMessage message in messages)
                {
                    if (!Apply(message))
                        break;
                }

                if (messages.Count > 0)
                {
                    Volatile.Write(ref _heard, _time.GetTimestamp());
                    _applied.Moved();
                }

                if (_time.GetElapsedTime(_checkpointed) >= _options.BetweenCheckpoints)
                    Checkpoint();
            }

            Checkpoint();
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // A defect must not end a server that ranks: events are no longer counted, and it says so wherever the state is shown.
            _failure = $"{failure.GetType().Name}: {failure.Message}";
        }
    }

    /// <summary>Counts a message's events; false if the consumer is closed before what is refused of it could be kept.</summary>
    private bool Apply(in UpdateMessage message)
    {
        Place place = _places[message.Partition];
        if (message.Offset < place.Next || place.IsPaused)
            return true;
        Refusal? refusal = UserEventCodec.Decode(message.Value.Span, _options.Limits, out IReadOnlyList<UserEvent> events, out IReadOnlyList<RefusedDelta> refused);
        if ((refusal is not null || refused.Count > 0) && !Keep(message, refusal, refused))
            return false;
        var received = new ReceivedEvent[events.Count];
        for (int i = 0; i < received.Length; i++)
            received[i] = new ReceivedEvent(events[i].ToInteraction(), events[i].Received > 0 ? events[i].Received : message.Timestamp);
        _store.Apply(NameOf(message.Partition), received, message.Offset + 1);
        _places[message.Partition] = place with { Next = message.Offset + 1, End = Math.Max(place.End, message.Offset + 1) };
        _isChanged = true;
        Interlocked.Increment(ref _messages);
        return true;
    }

    private bool Keep(in UpdateMessage message, Refusal? refusal, IReadOnlyList<RefusedDelta> refused)
    {
        var quarantined = new QuarantinedMessage(_source.Topic, message.Partition, message.Offset, _time.GetUtcNow().ToUnixTimeMilliseconds(), refused,
            refusal?.Reason ?? refused[0].Reason, refusal?.Detail ?? $"{refused.Count} events of the message", message.Key, message.Value);
        while (!_quarantine.TryAdd(quarantined))
        {
            _trouble = "the quarantine takes no more messages: its broker, its disk or its limit";
            if (_stop.Token.WaitHandle.WaitOne(RetryWait))
                return false;
        }

        _trouble = null;
        Interlocked.Add(ref _refused, Math.Max(1, refused.Count));
        return true;
    }

    private void Checkpoint()
    {
        _checkpointed = _time.GetTimestamp();
        if (_options.CheckpointFile is not { } file || !_isChanged)
            return;
        try
        {
            _quarantine.Flush();
            _store.Save(file);
            (_isChanged, _trouble) = (false, null);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The checkpoint before stays good; what came since is read again after a crash.
            _trouble = $"the checkpoint cannot be written: {failure.Message}";
        }
    }
}
