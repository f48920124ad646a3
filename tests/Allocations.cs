namespace RecServe.Tests;

/// <summary>Bytes that code allocates in its steady state.</summary>
internal static class Allocations
{
    // A collection that another test causes charges each thread with the unused rest of its 8 KiB allocation context:
    // one count alone fails about once in some hundred runs. What allocates does so in every run.
    private const int MostRuns = 10;

    /// <summary>The least bytes that a run of an action allocates on this thread, after it ran <paramref name="warm"/> times; ends at the first run that allocates nothing.</summary>
    /// <param name="action">What is counted; must be able to run 10 times and more.</param>
    /// <param name="warm">Runs that are not counted: they make what a thread keeps.</param>
    public static long Least(Action action, int warm = 1)
    {
        for (int run = 0; run < warm; run++)
            action();
        long least = long.MaxValue;
        for (int run = 0; run < MostRuns && least > 0; run++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
