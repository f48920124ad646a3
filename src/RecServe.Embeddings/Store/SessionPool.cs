using System.Collections.Concurrent;
using FASTER.core;

namespace RecServe.Embeddings;

/// <summary>Sessions for look-ups: made when needed, kept, bounded in number. Who finds none free waits until one is.</summary>
internal sealed class SessionPool(FasterKV<RowKey, SpanByte> log, int most) : IDisposable
{
    private readonly ConcurrentBag<RowSession> _free = [];
    private readonly ConcurrentBag<RowSession> _all = [];
    private readonly SemaphoreSlim _places = new(most);

    /// <summary>Damaged records that all sessions met.</summary>
    public long Damaged => _all.Sum(session => session.Functions.Damaged);

    public RowSession Rent()
    {
        _places.Wait();
        if (_free.TryTake(out RowSession? session))
            return session;
        try
        {
            session = new RowSession(log);
            _all.Add(session);
            return session;
        }
        catch
        {
            _places.Release();
            throw;
        }
    }

    /// <summary>Gives a session back; one in which something failed may have reads under way and is not used again.</summary>
    public void Return(RowSession session, bool isSound = true)
    {
        if (isSound)
            _free.Add(session);
        _places.Release();
    }

    public void Dispose()
    {
        foreach (RowSession session in _all)
            session.Dispose();
        _places.Dispose();
    }
}
