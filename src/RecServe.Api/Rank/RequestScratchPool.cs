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

    /// <summary>Takes scratch memory; to be returned exactly once.</summary>
    public RequestScratch Rent() => _free.TryTake(out RequestScratch? scratch) ? scratch : new RequestScratch();

    /// <summary>Gives it back.</summary>
    public void Return(RequestScratch scratch)
    {
        if (scratch.Bytes <= LargestKept && _free.Count < _most)
            _free.Add(scratch);
        else
            scratch.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_free.TryTake(out RequestScratch? scratch))
            scratch.Dispose();
    }
}
