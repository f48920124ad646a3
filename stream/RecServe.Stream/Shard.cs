namespace RecServe.Stream;

/// <summary>A partition on its way through the corridor.</summary>
internal sealed class Shard(int partition, long next)
{
    private long _next = next;

    public int Partition => partition;

    /// <summary>Offset of the first message that is not applied. The applying thread moves it.</summary>
    public long Next
    {
        get => Volatile.Read(ref _next);
        set => Volatile.Write(ref _next, value);
    }

    /// <summary>Offset of the first message that is not read; the reading thread's own.</summary>
    public long ReadNext { get; set; } = next;

    public volatile ShardState State;

    public volatile string? Detail;

    /// <summary>What somebody wants: to pause it, to go on, to go on behind a gap.</summary>
    public volatile ShardWish Wish;

    /// <summary>Log time of the last message that was applied, milliseconds since 1970 UTC; before the first, when the shard was opened.</summary>
    public long AppliedTime;

    /// <summary>End of the partition when it was first seen.</summary>
    public long FirstEnd { get; init; }

    /// <summary>End of the partition, as last heard.</summary>
    public long End;
}

/// <summary>What somebody wants of a shard.</summary>
internal enum ShardWish : byte
{
    None,
    Pause,
    Resume,
    AcceptGap,
}
