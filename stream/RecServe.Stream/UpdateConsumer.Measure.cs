namespace RecServe.Stream;

public sealed partial class UpdateConsumer
{
    private readonly long[] _refused = new long[Enum.GetValues<RefusalReason>().Length];
    private volatile string? _failure, _writeTrouble;
    private long _messages, _applied, _stale, _quarantined, _contact;

    /// <summary>Whether everything that will ever come was applied: a file that was read to its end.</summary>
    public bool IsEnded => _source.IsEnded && !_applying.IsAlive;

    /// <summary>Figures and states now.</summary>
    public UpdateSnapshot Measure()
    {
        string? trouble = _source.Trouble;
        long now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        ShardSnapshot[] shards = [.. _inOrder.Select(shard => Measure(shard, now))];
        UpdatePulse pulse = Pulse();
        var refused = new Dictionary<RefusalReason, long>();
        for (int i = 1; i < _refused.Length; i++)
        {
            if (Volatile.Read(ref _refused[i]) is > 0 and var count)
                refused[(RefusalReason)i] = count;
        }

        return new UpdateSnapshot
        {
            Topic = _source.Topic,
            Trouble = _failure ?? _writeTrouble ?? trouble,
            Shards = shards,
            Messages = pulse.Messages,
            Applied = Volatile.Read(ref _applied),
            Stale = Volatile.Read(ref _stale),
            Refused = refused,
            Quarantined = Volatile.Read(ref _quarantined),
            Staleness = pulse.Staleness,
            State = pulse.State,
        };
    }

    /// <summary>The few figures that every ranking tells; allocates nothing.</summary>
    public UpdatePulse Pulse()
    {
        bool isReached = _source.Trouble is null;
        long ticks = _time.GetTimestamp(), now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        if (isReached)
            Volatile.Write(ref _contact, ticks);
        TimeSpan stalest = isReached ? TimeSpan.Zero : _time.GetElapsedTime(Volatile.Read(ref _contact), ticks);
        Shard[] shards = _inOrder;
        bool gap = false, paused = false;
        foreach (Shard shard in shards)
        {
            TimeSpan staleness = Staleness(shard, now);
            stalest = staleness > stalest ? staleness : stalest;
            gap |= shard.State == ShardState.OffsetGap;
            paused |= shard.State == ShardState.Paused;
        }

        string state = _failure is not null ? "failed"
            : _writeTrouble is not null ? "store_refuses"
            : gap ? "offset_gap"
            : shards.Length == 0 ? "connecting"
            : !isReached ? "unreachable"
            : paused ? "paused" : "live";
        return new UpdatePulse(stalest, state, Volatile.Read(ref _messages));
    }

    private static ShardSnapshot Measure(Shard shard, long now) =>
        new(shard.Partition, shard.State, shard.Detail, shard.Next - 1, Lag(shard), Staleness(shard, now));

    private static long Lag(Shard shard) => shard.End == long.MaxValue ? 0 : Math.Max(0, shard.End - shard.Next);

    private static TimeSpan Staleness(Shard shard, long now) =>
        Lag(shard) > 0 ? TimeSpan.FromMilliseconds(Math.Max(0, now - Volatile.Read(ref shard.AppliedTime))) : TimeSpan.Zero;

    private void Count(UpdateBatch batch)
    {
        Interlocked.Add(ref _applied, batch.Applied);
        Interlocked.Add(ref _stale, batch.Stale);
    }

    private void Count(QuarantinedMessage message)
    {
        Interlocked.Increment(ref _quarantined);
        if (message.Refused.Count == 0)
            Interlocked.Increment(ref _refused[(int)message.Reason]);
        foreach (RefusedDelta row in message.Refused)
            Interlocked.Increment(ref _refused[(int)row.Reason]);
    }
}
