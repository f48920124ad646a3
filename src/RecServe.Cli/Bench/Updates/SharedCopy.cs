using System.Diagnostics;
using RecServe.Cli.Bench.Recovery;
using RecServe.Embeddings;
using RecServe.Kernels;

namespace RecServe.Cli.Bench.Updates;

/// <summary>A Redis of the benchmark's own, to which a node writes its updates behind.</summary>
internal sealed class SharedCopy : IDisposable
{
    private static readonly TimeSpan LongestDrain = TimeSpan.FromMinutes(2), Patient = TimeSpan.FromSeconds(1);

    private readonly LocalRedis _server;

    private SharedCopy(LocalRedis server)
    {
        _server = server;
        Rows = Open();
        if (!SpinWait.SpinUntil(() => Rows.State == SharedRowsState.Closed, TimeSpan.FromSeconds(10)))
            throw new InvalidOperationException("no connection to the Redis server that was started");
    }

    public SharedRows Rows { get; }

    /// <summary>Starts it.</summary>
    /// <exception cref="UsageException">redis-server is not on PATH.</exception>
    public static SharedCopy Start() => new(LocalRedis.TryStart() ?? throw new UsageException("--redis starts a redis-server of its own, and none is on PATH (Debian: redis-server)"));

    /// <summary>Waits until everything is written, then compares what another node would be given with the store's.</summary>
    /// <param name="store">What was applied; nothing comes any more.</param>
    /// <param name="keys">Keys of the updates.</param>
    public SharedCopyResult Finish(IRowStore store, ulong[] keys)
    {
        long waiting = Rows.Measure().Queue.Rows, begin = Stopwatch.GetTimestamp();
        if (!Rows.DrainedAsync(LongestDrain).GetAwaiter().GetResult())
            throw new InvalidOperationException($"the rows were not written to Redis within {LongestDrain.TotalMinutes:0} minutes");
        double drainMs = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        SharedRowsSnapshot now = Rows.Measure();
        return new SharedCopyResult
        {
            Written = now.Written,
            Coalesced = now.Coalesced,
            Dropped = now.Dropped,
            WaitingAtEnd = waiting,
            DrainMs = drainMs,
            Behind = Behind(store, keys),
        };
    }

    public void Dispose()
    {
        Rows.Dispose();
        _server.Dispose();
    }

    /// <summary>Keys of which Redis has not the version that the store has.</summary>
    private int Behind(IRowStore store, ulong[] keys)
    {
        using SharedRows other = Open();
        SpinWait.SpinUntil(() => other.State == SharedRowsState.Closed, TimeSpan.FromSeconds(10));
        int behind = 0;
        TierBatch own = new(), copied = new();
        foreach (ulong[] some in keys.Chunk(2_000))
        {
            own.Clear();
            copied.Clear();
            foreach (ulong key in some)
            {
                own.Add(DrillUpdates.Table, key, 0);
                copied.Add(DrillUpdates.Table, key, 0);
            }

            store.Find(own);
            other.Find(copied, Patient);
            for (int i = 0; i < some.Length; i++)
                behind += own.Tier(i) != RowTier.None && (copied.Tier(i) == RowTier.None || copied.Version(i) != own.Version(i)) ? 1 : 0;
        }

        return behind;
    }

    private SharedRows Open()
    {
        var rows = new SharedRows(new SharedRowsOptions { ConnectionString = _server.ConnectionString, Timeout = Patient });
        rows.Serve(DrillUpdates.Table, RowPrecision.Int8, DrillUpdates.Width);
        return rows;
    }
}
