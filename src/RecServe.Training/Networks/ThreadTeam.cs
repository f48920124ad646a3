namespace RecServe.Training.Networks;

/// <summary>
/// Threads that wait for pieces of work. A piece is decided by its number alone, never by who does it, so results do not depend on the
/// number of threads. A run waits for its pieces, not for its threads: a helper that the machine has no core for holds nothing up.
/// Running allocates nothing.
/// </summary>
public sealed class ThreadTeam : IDisposable
{
    private readonly SemaphoreSlim _start = new(0);
    private readonly ManualResetEventSlim _done = new(false, spinCount: 50);
    private readonly Thread[] _helpers;
    private Action<int> _body = _ => { };
    private Exception? _failure;
    private int _tasks, _finished;
    private long _open; // run number in the upper half, pieces not yet taken in the lower: a late helper cannot take a piece of the wrong run
    private volatile bool _disposed;

    /// <summary>Starts threads − 1 helpers; the caller of <see cref="Run"/> is the other.</summary>
    public ThreadTeam(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _helpers = new Thread[threads - 1];
        for (int i = 0; i < _helpers.Length; i++)
        {
            _helpers[i] = new Thread(Help) { IsBackground = true, Name = $"trainer {i + 1}" };
            _helpers[i].Start();
        }
    }

    /// <summary>Runs body(0) … body(tasks − 1), each once, on all threads, and returns when all are done.</summary>
    /// <exception cref="AggregateException">A piece failed; all others were done.</exception>
    public void Run(int tasks, Action<int> body)
    {
        if (tasks == 0)
            return;
        (_body, _tasks, _finished, _failure) = (body, tasks, 0, null);
        _done.Reset();
        long run = (Volatile.Read(ref _open) >> 32) + 1;
        Volatile.Write(ref _open, (run << 32) | (uint)tasks);
        int helpers = Math.Min(_helpers.Length, tasks - 1);
        if (helpers > 0)
            _start.Release(helpers);
        Work();
        _done.Wait();
        if (_failure is not null)
            throw new AggregateException(_failure);
    }

    /// <summary>Ends the helpers.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (_helpers.Length > 0)
            _start.Release(_helpers.Length);
        foreach (Thread helper in _helpers)
            helper.Join();
        _start.Dispose();
        _done.Dispose();
    }

    private void Help()
    {
        while (true)
        {
            _start.Wait();
            if (_disposed)
                return;
            Work();
        }
    }

    private void Work()
    {
        // A piece taken keeps its run from ending, so body and count read after taking it are that run's.
        for (int left = Take(); left > 0; left = Take())
        {
            int tasks = _tasks;
            try
            {
                _body(tasks - left);
            }
            catch (Exception failure)
            {
                _failure = failure;
            }

            if (Interlocked.Increment(ref _finished) == tasks)
                _done.Set();
        }
    }

    private int Take()
    {
        while (true)
        {
            long open = Volatile.Read(ref _open);
            int left = (int)open;
            if (left == 0 || Interlocked.CompareExchange(ref _open, open - 1, open) == open)
                return left;
        }
    }
}
