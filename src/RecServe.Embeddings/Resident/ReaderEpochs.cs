using System.Runtime.InteropServices;

namespace RecServe.Embeddings;

/// <summary>
/// Tells the writer which memory readers may still look at. A reader announces the epoch in which it begins; what the writer withdrew in
/// epoch e is reused once every reader that began in e or before has left. Readers never wait for the writer or for each other.
/// </summary>
internal sealed class ReaderEpochs
{
    // A reader looks for a free place from its thread's own on; 64 gathers can be in flight at once, more wait for a place.
    private const int Places = 64;

    private readonly Place[] _places = new Place[Places];
    private long _current = 1;

    /// <summary>The epoch in which the writer is now.</summary>
    public long Current => Volatile.Read(ref _current);

    /// <summary>Whether a reader is inside: in a test's teardown, one that never left.</summary>
    public bool HasReaders => OldestInside() != long.MaxValue;

    /// <summary>Begins reading; the result is for <see cref="Exit"/>.</summary>
    public int Enter()
    {
        int place = (int)((uint)Environment.CurrentManagedThreadId % Places);
        SpinWait wait = default;
        for (int tried = 0; ; tried++, place = (place + 1) % Places)
        {
            // The exchange is also the fence that keeps the reads which follow from passing the announcement.
            if (Volatile.Read(ref _places[place].Epoch) == 0
                && Interlocked.CompareExchange(ref _places[place].Epoch, Current, 0) == 0)
                return place;
            if (tried >= Places)
                wait.SpinOnce();
        }
    }

    /// <summary>Ends reading.</summary>
    public void Exit(int place) => Volatile.Write(ref _places[place].Epoch, 0);

    /// <summary>Begins the next epoch and gives the one that ended: what was withdrawn until now was withdrawn in it.</summary>
    public long Advance() => Interlocked.Increment(ref _current) - 1;

    /// <summary>
    /// The epoch in which the reader that is longest inside began, or the current one. What was withdrawn in an epoch before it is free: readers
    /// that come later begin in the current epoch at the earliest.
    /// </summary>
    public long Oldest()
    {
        Interlocked.MemoryBarrier();
        return Math.Min(Current, OldestInside());
    }

    private long OldestInside()
    {
        long oldest = long.MaxValue;
        for (int i = 0; i < Places; i++)
        {
            long epoch = Volatile.Read(ref _places[i].Epoch);
            if (epoch != 0 && epoch < oldest)
                oldest = epoch;
        }

        return oldest;
    }

    // Two lines a place: neighbouring lines are fetched together, and a reader's line must not move when another reader comes.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Place
    {
        [FieldOffset(64)]
        public long Epoch;
    }
}
