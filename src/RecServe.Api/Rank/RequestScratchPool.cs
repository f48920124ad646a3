using System.Collections.Concurrent;

namespace RecServe.Api.Rank;

/// <summary>
/// Keeps scratch memory between requests: at most two per core, since a ranking never waits once it has some, and none that one huge request
/// blew up.
/// </summary>
internal sealed class RequestScratchPool : IDisposable
{
    private const long LargestKept = 64 << 20;

    private readonly ConcurrentBag<RequestScratch> _free = [];
    private readonly int _most = 2 * Environment.ProcessorCount;
    private int _rented, _kept;

    /// <summary>Scratch memories that are taken: rankings under way.</summary>
    public int Rented => Volatile.Read(ref _rented);

    /// <summary>
    /// Whether rankings take every core, or something waits for a thread of the pool, as a request that has just come does: what can wait lets them go first. With all but one taken it would wait too often (the 99th percentile of rankings was four times as high).
    /// </summary>
    public bool IsBusy => Rented >= Environment.ProcessorCount || ThreadPool.PendingWorkItemCount > 0;

    /// <summary>Takes scratch memory; to be returned exactly once.</summary>
    public RequestScratch Rent()
    {
        Interlocked.Increment(ref _rented);
        if (!_free.TryTake(out RequestScratch? scratch))
            return new RequestScratch();
        Interlocked.Decrement(ref _kept);
        return scratch;
    }

    /// <summary>Gives it back.</summary>
    public void Return(RequestScratch scratch)
    {
        Interlocked.Decrement(ref _rented);
        if (scratch.Bytes <= LargestKept)
        {
            // Counted here: a bag that is asked for its count stops everybody who uses it.
            if (Interlocked.Increment(ref _kept) <= _most)
            {
                _free.Add(scratch);
                return;
            }

            Interlocked.Decrement(ref _kept);
        }

        scratch.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_free.TryTake(out RequestScratch? scratch))
            scratch.Dispose();
    }
}
