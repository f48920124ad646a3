namespace RecServe.Stream;

/// <summary>A partition's shard at one moment.</summary>
/// <param name="Partition">Partition.</param>
/// <param name="State">What it is doing.</param>
/// <param name="Detail">Why it stands, for people; null while it runs.</param>
/// <param name="Applied">Offset of the last message that was applied; -1 before the first.</param>
/// <param name="Lag">Messages in the log that are not applied yet, as last heard.</param>
/// <param name="Staleness">How old the oldest update may be that is not applied yet; zero where there is none.</param>
public sealed record ShardSnapshot(int Partition, ShardState State, string? Detail, long Applied, long Lag, TimeSpan Staleness);
