using RecServe.Features;

namespace RecServe.FeatureStore;

/// <summary>Features of events as they are at one moment. Dispose of it on the thread that began it, soon.</summary>
public readonly ref struct EventReading
{
    private readonly EventFeatures _features;
    private readonly ReaderWriterLockSlim _lock;
    private readonly long _time;

    internal EventReading(EventFeatures features, ReaderWriterLockSlim held, long time) => (_features, _lock, _time) = (features, held, time);

    /// <summary>As <see cref="EventFeatures.TryRead"/>.</summary>
    public bool TryRead(int feature, in EventSubject subject, out double value) => _features.TryRead(feature, subject, _time, out value);

    /// <summary>As <see cref="EventFeatures.ReadItems"/>.</summary>
    public int ReadItems(int feature, ulong user, Span<ulong> items) => _features.ReadItems(feature, user, _time, items);

    /// <summary>Ends the reading.</summary>
    public void Dispose() => _lock.ExitReadLock();
}
