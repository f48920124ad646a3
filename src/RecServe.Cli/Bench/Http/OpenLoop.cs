using System.Collections.Concurrent;
using System.Diagnostics;
using RecServe.Api;

namespace RecServe.Cli.Bench.Http;

/// <summary>Requests that come by a Poisson process and wait for no answer; their latency counts from the moment they were due.</summary>
internal static class OpenLoop
{
    // A server that cannot keep up must not fill this process' memory with requests.
    private const int MostUnderWay = 2_000;

    /// <summary>Asks at a rate for a while and gives the median and the 99th percentile in milliseconds.</summary>
    /// <exception cref="ServingException">The server falls behind for good, or refuses a request.</exception>
    public static async Task<(double P50Ms, double P99Ms)> RunAsync(ServedPackage served, byte[][] bodies, double perSecond, TimeSpan time, ulong seed, CancellationToken cancellation)
    {
        var random = new Random((int)(seed % int.MaxValue));
        var latencies = new ConcurrentBag<double>();
        var asked = new List<Task>();
        int underWay = 0;
        long start = Stopwatch.GetTimestamp();
        for (double due = 0; due < time.TotalSeconds; due += -Math.Log(1 - random.NextDouble()) / perSecond)
        {
            // The timer is coarser than the gaps: the last two milliseconds are spent yielding.
            double wait = due - Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (wait > 0.002)
                await Task.Delay(TimeSpan.FromSeconds(wait - 0.002), cancellation).ConfigureAwait(false);
            while (Stopwatch.GetElapsedTime(start).TotalSeconds < due)
                await Task.Yield();
            if (Interlocked.Increment(ref underWay) > MostUnderWay)
                throw new ServingException($"{MostUnderWay:N0} requests wait for an answer at {perSecond:F0} a second");
            asked.Add(AskAsync(bodies[asked.Count % bodies.Length], due));
        }

        await Task.WhenAll(asked).ConfigureAwait(false);
        double[] sorted = [.. latencies.Order()];
        return (sorted[sorted.Length / 2], sorted[(int)(sorted.Length * 0.99)]);

        async Task AskAsync(byte[] body, double due)
        {
            await served.AnswerAsync(body, cancellation).ConfigureAwait(false);
            latencies.Add(1000 * (Stopwatch.GetElapsedTime(start).TotalSeconds - due));
            Interlocked.Decrement(ref underWay);
        }
    }
}
