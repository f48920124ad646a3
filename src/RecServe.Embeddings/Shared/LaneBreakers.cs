namespace RecServe.Embeddings;

/// <summary>One circuit breaker a lane: opens after failures in a row, closes when a probe is answered. A cluster that lost a master goes on with the lanes of the others.</summary>
internal sealed class LaneBreakers(int failuresToOpen)
{
    private readonly int[] _failures = new int[RowLanes.Count];
    private readonly int[] _open = new int[RowLanes.Count];
    private int _openCount;
    private long _opened;

    /// <summary>Lanes that are not asked.</summary>
    public int OpenCount => Volatile.Read(ref _openCount);

    /// <summary>Times that one opened.</summary>
    public long Opened => Interlocked.Read(ref _opened);

    /// <summary>Whether a lane is not asked.</summary>
    public bool IsOpen(int lane) => Volatile.Read(ref _open[lane]) != 0;

    /// <summary>An answer came in time.</summary>
    public void Succeed(int lane)
    {
        if (Volatile.Read(ref _failures[lane]) != 0)
            Volatile.Write(ref _failures[lane], 0);
    }

    /// <summary>An answer did not come, or not in time.</summary>
    public void Fail(int lane)
    {
        if (Interlocked.Increment(ref _failures[lane]) < failuresToOpen || Interlocked.Exchange(ref _open[lane], 1) != 0)
            return;
        Interlocked.Increment(ref _openCount);
        Interlocked.Increment(ref _opened);
    }

    /// <summary>A probe was answered, or the lane is no more.</summary>
    public void Close(int lane)
    {
        Volatile.Write(ref _failures[lane], 0);
        if (Interlocked.Exchange(ref _open[lane], 0) != 0)
            Interlocked.Decrement(ref _openCount);
    }
}
