namespace RecServe.Embeddings.Tests;

/// <summary>A test that starts Redis servers of its own; skipped where there is no redis-server.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RedisFactAttribute : FactAttribute
{
    public RedisFactAttribute()
    {
        if (RedisServer.Program is null)
            Skip = "redis-server is not on PATH (Debian: redis-server)";
    }
}
