using RecServe.Embeddings;

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
        long ticks = _time.GetTimestamp();
        if (trouble is null)
            Volatile.Write(ref _contact, ticks);
        TimeSpan silence = trouble is null ? TimeSpan.Zero : _time.GetElapsedTime(Volatile.Read(ref _contact), ticks);
        long now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        ShardSnapshot[] shards = [.. _shards.Values.OrderBy(shard => shard.Partition).Select(shard => Measure(shard, now))];
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
            Messages = Volatile.Read(ref _messages),
            Applied = Volatile.Read(ref _applied),
            Stale = Volatile.Read(ref _stale),
            Refused = refused,
            Quarantined = Volatile.Read(ref _quarantined),
            Staleness = shards.Select(shard => shard.Staleness).Append(silence).Max(),
            State = _failure is not null ? "failed"
                : _writeTrouble is not null ? "store_refuses"
                : shards.Any(shard => shard.State == ShardState.OffsetGap) ? "offset_gap"
                : trouble is not null ? shards.Length == 0 ? "connecting" : "unreachable"
                : shards.Length == 0 ? "connecting"
                : shards.Any(shard => shard.State == ShardState.Paused) ? "paused" : "live",
        };
    }

    private static ShardSnapshot Measure(Shard shard, long now)
    {
        long next = shard.Next, end = shard.End;
        long lag = end == long.MaxValue ? 0 : Math.Max(0, end - next);
        long applied = Volatile.Read(ref shard.AppliedTime);
        TimeSpan staleness = lag > 0 ? TimeSpan.FromMilliseconds(Math.Max(0, now - applied)) : TimeSpan.Zero;
        return new ShardSnapshot(shard.Partition, shard.State, shard.Detail, next - 1, lag, staleness);
    }

    private void Count(in ApplyResult result)
    {
        Interlocked.Add(ref _applied, result.Applied);
        Interlocked.Add(ref _stale, result.Stale);
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
