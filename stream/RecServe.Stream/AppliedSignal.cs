namespace RecServe.Stream;

/// <summary>Wakes those who wait for an offset. What moves offsets calls <see cref="Moved"/> after it; it costs next to nothing while nobody waits. Thread-safe.</summary>
internal sealed class AppliedSignal
{
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _waiting;

    /// <summary>Whether anybody waits now.</summary>
    public bool IsAwaited => Volatile.Read(ref _waiting) > 0;

    /// <summary>Waits until something is reached.</summary>
    /// <param name="reached">Looks at the offsets.</param>
    /// <param name="limit">How long at most.</param>
    /// <param name="cancellation">Ends it with an exception.</param>
    /// <returns>False if the time was over before.</returns>
    public async Task<bool> WaitAsync(Func<bool> reached, TimeSpan limit, CancellationToken cancellation)
    {
        if (reached())
            return true;
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(limit);
        Interlocked.Increment(ref _waiting);
        try
        {
            while (true)
            {
                // In this order: what moves after the look at the offsets completes the task that was taken before.
                Task moved = Volatile.Read(ref _moved).Task;
                if (reached())
                    return true;
                await moved.WaitAsync(late.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return reached();
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>Offsets have moved.</summary>
    public void Moved()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _waiting) > 0)
            Interlocked.Exchange(ref _moved, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }
}
