namespace RecServe.Training.Networks;

/// <summary>
/// Threads that wait for pieces of work. A piece is decided by its number alone, never by who does it, so results do not depend on the
/// number of threads. Running allocates nothing.
/// </summary>
public sealed class ThreadTeam : IDisposable
{
    private readonly SemaphoreSlim _start = new(0);
    private readonly ManualResetEventSlim _done = new(false, spinCount: 50);
    private readonly Thread[] _helpers;
    private Action<int> _body = _ => { };
    private Exception? _failure;
    private int _tasks, _next, _busy;
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
    /// <exception cref="AggregateException">A piece failed; the others that had started were finished.</exception>
    public void Run(int tasks, Action<int> body)
    {
        int helpers = Math.Min(_helpers.Length, tasks - 1);
        _body = body;
        _tasks = tasks;
        _next = 0;
        _failure = null;
        if (helpers > 0)
        {
            _busy = helpers;
            _done.Reset();
            _start.Release(helpers);
        }

        Work();
        if (helpers > 0)
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
            if (Interlocked.Decrement(ref _busy) == 0)
                _done.Set();
        }
    }

    private void Work()
    {
        try
        {
            for (int task = Interlocked.Increment(ref _next) - 1; task < _tasks; task = Interlocked.Increment(ref _next) - 1)
                _body(task);
        }
        catch (Exception failure)
        {
            _failure = failure;
            _next = _tasks;
        }
    }
}
