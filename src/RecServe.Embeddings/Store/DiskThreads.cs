namespace RecServe.Embeddings;

/// <summary>
/// The threads that do the log's reads and writes. A blocking call a thread: so many requests are in the device at once, without depending on what the
/// kernel lets a container do (io_uring is often forbidden). Who has nothing to do sleeps at once: a semaphore first yields the core some dozen times, each of the threads.
/// </summary>
internal sealed class DiskThreads : IDisposable
{
    private readonly Queue<DiskRequest> _requests = [];
    private readonly Thread[] _threads;
    private bool _stopping;

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

    public void Add(in DiskRequest request)
    {
        lock (_requests)
        {
            _requests.Enqueue(request);
            Monitor.Pulse(_requests);
        }
    }

    /// <summary>Ends the threads once the requests that were added are done.</summary>
    public void Dispose()
    {
        lock (_requests)
        {
            _stopping = true;
            Monitor.PulseAll(_requests);
        }

        foreach (Thread thread in _threads)
            thread.Join();
    }

    private void Work()
    {
        while (true)
        {
            DiskRequest request;
            lock (_requests)
            {
                while (!_requests.TryDequeue(out request))
                {
                    if (_stopping)
                        return;
                    Monitor.Wait(_requests);
                }
            }

            request.Device.Perform(request);
        }
    }
}
