using System.Collections.Concurrent;
using RecServe.Experiments;

namespace RecServe.Stream;

/// <summary>
/// Experiments that come by a compacted topic: read from its start when a node starts, then as they come. Each message is one experiment's whole definition, or nothing where it is removed; the last
/// one wins (<see cref="ExperimentEntries"/>). What is refused goes to the quarantine and changes nothing. Until the topic is read to the end that it had, what the file of the last run
/// knows is in force, so that a node that starts without Kafka goes on as it was.
/// </summary>
public sealed class ExperimentConsumer : IDisposable
{
    private const int BatchMessages = 1_000, BatchBytes = 4 << 20;
    private static readonly TimeSpan ReadWait = TimeSpan.FromMilliseconds(100), RetryWait = TimeSpan.FromMilliseconds(200), SaveAgain = TimeSpan.FromSeconds(1);

    private readonly IUpdateSource _source;
    private readonly IExperimentTarget _target;
    private readonly IQuarantine _quarantine;
    private readonly ExperimentConsumerOptions _options;
    private readonly TimeProvider _time;
    private readonly LastExperiments _last;
    private readonly ConcurrentDictionary<int, long> _positions = [];
    private readonly Dictionary<int, long> _next = [], _goals = [];
    private readonly AppliedSignal _signal = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private ExperimentEntries _entries = new();
    private ExperimentEntries? _reading;
    private object _models;
    private long _heard, _triedAt, _applied, _refused, _lag;
    private int _definitions;
    private bool _isDirty, _hasRefused, _isComplete;
    private volatile bool _isRead, _wasReached, _isSaved;
    private volatile string? _failure, _fileTrouble;

    /// <summary>Reads the file of the last run and puts in force what it knows; <see cref="Start"/> begins to read the topic.</summary>
    /// <param name="source">The topic; the consumer's to dispose of.</param>
    /// <param name="target">Where experiments go.</param>
    /// <param name="quarantine">Takes what is refused; the caller's.</param>
    /// <param name="options">Settings.</param>
    /// <param name="time">Clock.</param>
    public ExperimentConsumer(IUpdateSource source, IExperimentTarget target, IQuarantine quarantine, ExperimentConsumerOptions options, TimeProvider time)
    {
        (_source, _target, _quarantine, _options, _time) = (source, target, quarantine, options, time);
        _last = Load();
        foreach (UpdateMessage message in _last.Messages)
            _entries.Offer(message, target);
        _models = target.Models;
        Put();
        _isSaved = options.StateFile is not null && _fileTrouble is null;
        _isDirty = false;
        if (options.IsWhole)
            _reading = new ExperimentEntries();
        _thread = new Thread(Run) { Name = "experiments", IsBackground = true };
    }

    /// <summary>Whether what the topic says is in force: it was read to the end that it had when it was first reached, or there is no such topic.</summary>
    public bool IsRead => _isRead || (_source.IsAbsent && Volatile.Read(ref _definitions) == 0);

    /// <summary>What is applied now.</summary>
    public FreshnessToken Applied => new([.. (_isRead ? _positions.ToArray() : []).Where(place => place.Value > 0).OrderBy(place => place.Key)
        .Select(place => new FreshnessPlace(FreshnessToken.Experiments, place.Key, place.Value - 1))]);

    /// <summary>Begins to read.</summary>
    public void Start() => _thread.Start();

    /// <summary>Whether every message of this topic that a token names is in force; of other topics it knows nothing.</summary>
    public bool HasReached(FreshnessToken token)
    {
        foreach (FreshnessPlace place in token.Places)
        {
            if (place.Topic == FreshnessToken.Experiments && !(_isRead && _positions.TryGetValue(place.Partition, out long next) && next > place.Offset))
                return false;
        }

        return true;
    }

    /// <summary>Waits until every message of this topic that a token names is in force.</summary>
    /// <returns>False if the time was over before.</returns>
    public Task<bool> WaitAsync(FreshnessToken token, TimeSpan limit, CancellationToken cancellation = default) => _signal.WaitAsync(() => HasReached(token), limit, cancellation);

    /// <summary>Figures and state now.</summary>
    public ExperimentTopicSnapshot Measure()
    {
        string? trouble = _source.Trouble;
        int definitions = Volatile.Read(ref _definitions);
        string state = _failure is not null ? "failed"
            : _source.IsAbsent ? "no_topic"
            : trouble is not null && _wasReached ? "unreachable"
            : trouble is not null ? definitions > 0 ? "last_known" : "connecting"
            : _isRead ? "live" : "reading";
        return new ExperimentTopicSnapshot
        {
            Topic = _source.Topic,
            State = state,
            Trouble = _failure ?? trouble ?? _fileTrouble,
            Definitions = definitions,
            Applied = Volatile.Read(ref _applied),
            Refused = Volatile.Read(ref _refused),
            Lag = Volatile.Read(ref _lag),
            IsSaved = _isSaved,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        if (_thread.IsAlive)
            _thread.Join();
        _source.Dispose();
        _stop.Dispose();
    }

    private LastExperiments Load()
    {
        if (_options.StateFile is not { } path)
            return LastExperiments.None;
        try
        {
            return LastExperiments.Read(path);
        }
        catch (IOException failure)
        {
            // The topic knows better; a file that a person has broken must not keep a server from starting.
            _fileTrouble = failure.Message;
            return LastExperiments.None;
        }
    }

    private void Run()
    {
        var messages = new List<UpdateMessage>();
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                Tend();
                messages.Clear();
                _source.Read(messages, BatchMessages, BatchBytes, ReadWait);
                Take(messages);
            }
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // A defect must not end a server that ranks: what is in force stays, and the state says so.
            _failure = $"{failure.GetType().Name}: {failure.Message}";
        }
    }

    /// <summary>Takes up new partitions from their start; begins anew where the log is another one than before.</summary>
    private void Tend()
    {
        _isComplete = _source.Trouble is null; // before the partitions: none may be missing then
        IReadOnlyList<SourcePartition> partitions = _source.Partitions;
        if (partitions.Any(partition => _next.TryGetValue(partition.Id, out long next) && next > partition.End))
        {
            _isRead = false;
            _reading = _options.IsWhole ? new ExperimentEntries() : null;
            foreach (int partition in _next.Keys)
                _source.Pause(partition);
            _next.Clear();
            _goals.Clear();
        }

        long lag = 0;
        foreach (SourcePartition partition in partitions)
        {
            if (!_next.TryGetValue(partition.Id, out long next) || next < partition.Start)
            {
                _goals.TryAdd(partition.Id, partition.End);
                _next[partition.Id] = next = partition.Start;
                _source.Begin(partition.Id, next);
                _heard = _time.GetTimestamp();
            }

            lag += Math.Max(0, partition.End - next);
        }

        _wasReached |= partitions.Count > 0;
        Volatile.Write(ref _lag, lag);
    }

    private void Take(List<UpdateMessage> messages)
    {
        bool changed = false;
        foreach (UpdateMessage message in messages)
        {
            // After a new beginning, messages come that were asked for before it.
            if (!_next.TryGetValue(message.Partition, out long next) || message.Offset < next)
                continue;
            if ((_reading ?? _entries).Offer(message, _target, _reading is null ? null : _entries) is { } refusal)
                Refuse(message, refusal);
            else
                Interlocked.Increment(ref _applied);
            _next[message.Partition] = message.Offset + 1;
            _heard = _time.GetTimestamp();
            changed = true;
        }

        if (_models != _target.Models)
        {
            _models = _target.Models;
            _reading?.OfferWaiting(_target);
            if (_entries.OfferWaiting(_target))
                Put();
        }

        bool isAtEnd = !_isRead && IsAtEnd();
        if (isAtEnd)
        {
            (_entries, _reading) = (_reading ?? _entries, null);
            changed = true;
        }

        if (_reading is not null)
            return;
        if (changed)
            Put();
        Save();
        if (!changed)
            return;
        foreach ((int partition, long next) in _next)
            _positions[partition] = next;
        _isRead |= isAtEnd;
        _signal.Moved();
    }

    /// <summary>Whether every partition was read to the end that it had; while something is amiss, not every partition may be known.</summary>
    private bool IsAtEnd() => _goals.Count > 0 && _isComplete
        && (_goals.All(goal => _next[goal.Key] >= goal.Value) || _time.GetElapsedTime(_heard) > _options.LongestSilence);

    private void Put()
    {
        PublishedExperiment[] definitions = [.. _entries.InForce.Select(entry => entry.Definition)];
        _target.Put(definitions);
        Volatile.Write(ref _definitions, definitions.Length);
        _isDirty = true;
    }

    private void Refuse(in UpdateMessage message, Refusal refusal)
    {
        Interlocked.Increment(ref _refused);

        // What the last run has passed is in the quarantine already: the topic is read from its start by every run.
        if (message.Offset < _last.Positions.GetValueOrDefault(message.Partition))
            return;
        var refused = new QuarantinedMessage(_source.Topic, message.Partition, message.Offset, _time.GetUtcNow().ToUnixTimeMilliseconds(), [], refusal.Reason, refusal.Detail, message.Key, message.Value);
        while (!_quarantine.TryAdd(refused) && !_stop.Token.WaitHandle.WaitOne(RetryWait))
        {
        }

        _hasRefused = true;
    }

    /// <summary>Writes what is known to the file; where that fails, again a second later.</summary>
    private void Save()
    {
        if (_options.StateFile is not { } path || !_isDirty || (_fileTrouble is not null && _time.GetElapsedTime(_triedAt) < SaveAgain))
            return;
        _triedAt = _time.GetTimestamp();
        try
        {
            if (_hasRefused)
                _quarantine.Flush();
            new LastExperiments { Positions = _next, Messages = [.. _entries.InForce.Select(entry => entry.Message)] }.Write(path);
            (_hasRefused, _isDirty, _isSaved, _fileTrouble) = (false, false, true, null);
        }
        catch (IOException failure)
        {
            (_isSaved, _fileTrouble) = (false, failure.Message);
        }
    }
}
