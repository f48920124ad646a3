namespace RecServe.Embeddings;

/// <summary>
/// The threads that do the log's reads and writes. A blocking call a thread: so many requests are in the device at once, without depending on what the
/// kernel lets a container do (io_uring is often forbidden).
/// </summary>
internal sealed class DiskThreads : IDisposable
{
    private readonly Handoff<DiskRequest> _requests = new();
    private readonly Thread[] _threads;

    public DiskThreads(int count)
    {
        _threads = new Thread[count];
        for (int i = 0; i < count; i++)
        {
            // 256 KiB of stack: the threads only ever read, write and run FASTER's short callbacks.
            _threads[i] = new Thread(Work, 256 << 10) { IsBackground = true, Name = $"row store disk {i}" };
            _threads[i].Start();
        }
    }

    public void Add(in DiskRequest request) => _requests.Add(request);

    /// <summary>Ends the threads once the requests that were added are done.</summary>
    public void Dispose()
    {
        _requests.End();
        foreach (Thread thread in _threads)
            thread.Join();
    }

    private void Work()
    {
        while (_requests.TryTake(out DiskRequest request))
            request.Device.Perform(request);
    }
}
