namespace RecServe.Embeddings;

/// <summary>Figures of what else rows could be gathered from, medians over rounds.</summary>
/// <param name="FasterNsPerRow">FASTER in memory, one read after the other, in nanoseconds a row.</param>
/// <param name="FasterRatio">FASTER / resident table.</param>
/// <param name="RedisNsPerRow">Redis by MGET over TCP on the same machine; null where there is no redis-server.</param>
/// <param name="RedisRatio">Redis / resident table.</param>
public sealed record GatherPeerFigures(double FasterNsPerRow, double FasterRatio, double? RedisNsPerRow, double? RedisRatio);
