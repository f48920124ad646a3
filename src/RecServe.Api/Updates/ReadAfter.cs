using RecServe.Api.Experiments;
using RecServe.Stream;

namespace RecServe.Api.Updates;

/// <summary>Whether what a request's <c>read_after</c> names is in force, by whichever topic it came.</summary>
internal sealed class ReadAfter(NodeUpdates updates, NodeExperiments experiments, TimeProvider time)
{
    /// <summary>What is in force now, of every topic.</summary>
    public FreshnessToken Applied => updates.AppliedNow.With(experiments.Consumer.Applied);

    /// <summary>Whether every message that a token names is in force.</summary>
    public bool HasReached(FreshnessToken token) => updates.HasReached(token) && experiments.Consumer.HasReached(token);

    /// <summary>Waits until every message that a token names is in force.</summary>
    /// <returns>False if the time was over before.</returns>
    public async Task<bool> WaitAsync(FreshnessToken token, TimeSpan limit, CancellationToken cancellation)
    {
        long begin = time.GetTimestamp();
        if (!await updates.WaitAsync(token, limit, cancellation))
            return false;
        TimeSpan left = limit - time.GetElapsedTime(begin);
        return await experiments.Consumer.WaitAsync(token, left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellation);
    }
}
