using RecServe.Features;

namespace RecServe.FeatureStore;

/// <summary>
/// What a server knows from events: the features of <see cref="EventFeatures"/>, which events of each log are counted, and how far each log was applied, all three of one moment. One thread
/// applies; any number read beside it, each reading sees whole batches.
/// </summary>
/// <param name="features">What will be read.</param>
/// <param name="categoriesOf">The categories of an item, as <see cref="EventFeatures.Add"/> takes them.</param>
/// <param name="options">Limits.</param>
public sealed partial class EventStore(IEnumerable<DerivedFeature> features, PointInTime.ItemCategories categoriesOf, EventStoreOptions options) : IDisposable
{
    private readonly ReaderWriterLockSlim _lock = new();
    private readonly SortedDictionary<string, Log> _logs = new(StringComparer.Ordinal);
    private EventFeatures _features = new(features, options.Entities);
    private readonly long[] _verdicts = new long[Enum.GetValues<EventVerdict>().Length];

    /// <summary>What can be read, by text; the index of a feature is what readings ask for.</summary>
    public IReadOnlyList<DerivedFeature> Features => _features.Features;

    /// <summary>The item fields whose values are categories, in the order in which they are asked for.</summary>
    public IReadOnlyList<string> Categories => _features.Categories;

    /// <summary>Users, items and pairs that something is known of.</summary>
    public int Entities => InRead(() => _features.Entities);

    /// <summary>Times that an event was not counted because there were as many users, items or pairs as are allowed.</summary>
    public long Untaken => InRead(() => _features.Untaken);

    /// <summary>Index of a feature in <see cref="Features"/>, or −1.</summary>
    public int IndexOf(DerivedFeature feature) => _features.IndexOf(feature);

    /// <summary>Events of a verdict since the process started.</summary>
    public long Of(EventVerdict verdict) => Volatile.Read(ref _verdicts[(int)verdict]);

    /// <summary>First message of a log that is not applied; null where nothing of it is known.</summary>
    public long? NextOf(string log) => InRead(() => _logs.TryGetValue(log, out Log? known) ? known.Next : (long?)null);

    /// <summary>Applies the events of messages of a log, in its order.</summary>
    /// <param name="log">Name of the log: the source and its partition.</param>
    /// <param name="events">The events; those that are not to be counted are told apart here.</param>
    /// <param name="next">Offset of the first message after them.</param>
    public void Apply(string log, IReadOnlyList<ReceivedEvent> events, long next)
    {
        _lock.EnterWriteLock();
        try
        {
            if (!_logs.TryGetValue(log, out Log? known))
                _logs[log] = known = new Log(new EventAdmission(options.Admission));
            foreach ((InteractionEvent interaction, long received) in events)
            {
                EventVerdict verdict = known.Admission.Judge(interaction.Id, interaction.Time, received);
                _verdicts[(int)verdict]++;
                if (verdict == EventVerdict.Accepted)
                    _features.Add(interaction, categoriesOf(interaction.Item));
            }

            known.Next = next;
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }

    /// <summary>Begins a reading; what is applied waits until it is disposed of.</summary>
    /// <param name="time">Moment of the reading, Unix milliseconds.</param>
    public EventReading Read(long time)
    {
        _lock.EnterReadLock();
        return new EventReading(_features, _lock, time);
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    private T InRead<T>(Func<T> read)
    {
        _lock.EnterReadLock();
        try
        {
            return read();
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    private sealed class Log(EventAdmission admission)
    {
        public EventAdmission Admission { get; } = admission;

        public long Next { get; set; }
    }
}
