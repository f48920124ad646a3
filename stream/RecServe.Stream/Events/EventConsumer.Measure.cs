using RecServe.Features;

namespace RecServe.Stream;

public sealed partial class EventConsumer
{
    /// <summary>
    /// The partitions in their order. The dictionary's own copy, made while nothing is added: sorting asks a collection for its length first and copies it then, which fails if one was taken up in between.
    /// </summary>
    private IEnumerable<KeyValuePair<int, Place>> InOrder => _places.ToArray().OrderBy(place => place.Key);

    /// <summary>What is counted now.</summary>
    public FreshnessToken Applied => new([.. InOrder.Where(place => place.Value.Next > 0)
        .Select(place => new FreshnessPlace(FreshnessToken.Events, place.Key, place.Value.Next - 1))]);

    /// <summary>Messages of events that were counted or quarantined since the start.</summary>
    public long Messages => Interlocked.Read(ref _messages);

    /// <summary>Whether every message of events that a token names is counted; of other topics it knows nothing.</summary>
    public bool HasReached(FreshnessToken token)
    {
        foreach (FreshnessPlace place in token.Places)
        {
            if (place.Topic == FreshnessToken.Events && !(_places.TryGetValue(place.Partition, out Place known) && known.Next > place.Offset))
                return false;
        }

        return true;
    }

    /// <summary>Waits until every message of events that a token names is counted.</summary>
    /// <returns>False if the time was over before.</returns>
    public Task<bool> WaitAsync(FreshnessToken token, TimeSpan limit, CancellationToken cancellation = default) =>
        _applied.WaitAsync(() => HasReached(token), limit, cancellation);

    /// <summary>
    /// Whether everything is counted that the log held when this consumer first saw it. Offsets that the marks of transactions take up are never delivered: a log that answers and brings nothing
    /// for a while counts as read.
    /// </summary>
    private bool HasCaughtUp => _places.Values.All(place => place.IsPaused || place.Next >= place.Goal) || _time.GetElapsedTime(Volatile.Read(ref _heard)) >= Quiet;

    /// <summary>Figures and state now.</summary>
    public EventStreamSnapshot Measure()
    {
        string? unreached = _source.Trouble;
        return new EventStreamSnapshot
        {
            Topic = _source.Topic,
            State = _failure is not null ? "failed"
                : _trouble is not null ? "store_refuses"
                : _source.IsAbsent ? "no_topic"
                : _places.IsEmpty ? "connecting"
                : unreached is not null ? "unreachable"
                : _places.Values.Any(place => place.IsPaused) ? "paused"
                : HasCaughtUp ? "live" : "catching_up",
            Trouble = _failure ?? _trouble ?? unreached,
            Partitions = [.. InOrder.Select(place => new EventPartition(place.Key, place.Value.Next - 1, Math.Max(0, place.Value.End - place.Value.Next)))],
            Verdicts = Enum.GetValues<EventVerdict>().ToDictionary(verdict => verdict, _store.Of),
            Refused = Interlocked.Read(ref _refused),
            Lost = Interlocked.Read(ref _lost),
        };
    }
}
