namespace RecServe.Embeddings;

public sealed partial class SharedRows
{
    private long _hits, _misses, _remembered, _fromQueue, _timedOut, _late, _failed, _notAsked, _foreign, _coalesced, _dropped, _refused;

    /// <summary>Whether the shared rows answer.</summary>
    public SharedRowsState State
    {
        get
        {
            int lanes = _store.Lanes, open = _breakers.OpenCount;
            return lanes == 0 ? SharedRowsState.Connecting
                : open == 0 ? SharedRowsState.Closed
                : open < lanes ? SharedRowsState.PartlyOpen : SharedRowsState.Open;
        }
    }

    /// <summary>Counters and gauges of now. They are read one after another, not at one instant.</summary>
    public SharedRowsSnapshot Measure() => new()
    {
        State = State,
        Lanes = (_breakers.OpenCount, _store.Lanes),
        Hits = Interlocked.Read(ref _hits),
        Misses = Interlocked.Read(ref _misses),
        Remembered = Interlocked.Read(ref _remembered),
        FromQueue = Interlocked.Read(ref _fromQueue),
        TimedOut = Interlocked.Read(ref _timedOut),
        Late = Interlocked.Read(ref _late),
        Failed = Interlocked.Read(ref _failed),
        NotAsked = Interlocked.Read(ref _notAsked),
        Foreign = Interlocked.Read(ref _foreign),
        Opened = _breakers.Opened,
        Reconnects = Interlocked.Read(ref _reconnects),
        InFlight = Interlocked.Read(ref _inFlight),
        Queue = (_queue.Count, _queue.Bytes),
        Written = Interlocked.Read(ref _written),
        WrittenBefore = Interlocked.Read(ref _writtenBefore),
        Coalesced = Interlocked.Read(ref _coalesced),
        Dropped = Interlocked.Read(ref _dropped),
        Refused = Interlocked.Read(ref _refused),
        WriteFailures = Interlocked.Read(ref _writeFailures),
        ShareSkipped = Interlocked.Read(ref _shareSkipped),
    };

    private void Count(LookUp look)
    {
        Interlocked.Add(ref _hits, look.Found + look.Deleted);
        Interlocked.Add(ref _misses, look.Absent);
        Add(ref _remembered, look.Remembered);
        Add(ref _fromQueue, look.FromQueue);
        Add(ref _timedOut, look.TimedOut);
        Add(ref _failed, look.Failed);
        Add(ref _notAsked, look.Skipped);
        Add(ref _foreign, look.Foreign);
    }

    private static void Add(ref long counter, int by)
    {
        if (by != 0)
            Interlocked.Add(ref counter, by);
    }
}
