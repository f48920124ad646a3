namespace RecServe.Embeddings;

/// <summary>Figures of what else rows could be gathered from, medians over rounds.</summary>
/// <param name="FasterNsPerRow">FASTER in memory, one read after the other, in nanoseconds a row.</param>
/// <param name="FasterRatio">FASTER / resident table.</param>
/// <param name="RedisNsPerRow">Redis on the same machine by MGETs of 500 keys over TCP, one after the other; null where there is no redis-server.</param>
/// <param name="RedisRatio">Redis / resident table.</param>
/// <param name="RedisTogetherNsPerRow">The same with all MGETs of a batch under way together.</param>
/// <param name="RedisTogetherRatio">That / resident table.</param>
public sealed record GatherPeerFigures(double FasterNsPerRow, double FasterRatio, double? RedisNsPerRow, double? RedisRatio,
    double? RedisTogetherNsPerRow, double? RedisTogetherRatio);
