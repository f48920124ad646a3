namespace RecServe.Stream;

/// <summary>What a partition's shard of the corridor is doing. The names stand in /health/ready.</summary>
public enum ShardState : byte
{
    /// <summary>Its messages are applied as they come.</summary>
    Running = 0,

    /// <summary>Somebody paused it.</summary>
    Paused = 1,

    /// <summary>Messages between what was applied and what the log still has are gone. It stands until somebody accepts that.</summary>
    OffsetGap = 2,
}
