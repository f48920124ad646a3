using System.Diagnostics;

namespace RecServe.LoadGen;

/// <summary>The two ways of applying load, each with one thread a connection.</summary>
internal sealed class LoadLoop(Uri url, RankRequests requests)
{
    /// <summary>Every connection sends its next request when its last is answered: finds how much the server can do.</summary>
    public LoadStep Closed(int connections, double seconds)
    {
        var next = -1L;
        var latencies = new List<long>[connections];
        var start = Stopwatch.GetTimestamp();
        var end = start + Ticks(seconds);
        var senders = Run(connections, (sender, index) =>
        {
            latencies[index] = new List<long>(1 << 14);
            long sent;

            // One request at least, however short the time: a rate of nothing cannot be compared.
            do
            {
                sent = Stopwatch.GetTimestamp();
                if (sender.Send(Interlocked.Increment(ref next)))
                {
                    latencies[index].Add(Stopwatch.GetTimestamp() - sent);
                }
            }
            while (Stopwatch.GetTimestamp() < end);
        });
        return Step("closed", senders, [.. latencies.SelectMany(list => list)], (int)(next + 1), Elapsed(start));
    }

    /// <summary>
    /// Requests are due at Poisson times whatever the server does. A free connection takes the next due one, so a late answer delays nobody's clock: the
    /// latency runs from the due time, and there is no coordinated omission.
    /// </summary>
    public LoadStep Open(int connections, double rps, double seconds, int seed)
    {
        var due = Arrivals(rps, seconds, seed);
        var latencies = new long[due.Length];
        var lags = new long[due.Length];
        var next = -1;

        // All connections are open by then.
        var start = Stopwatch.GetTimestamp() + Ticks(0.2);

        // A server that cannot keep up must not hold the run for ever; what is unsent by then is counted as failed.
        var giveUp = start + Ticks(2 * seconds + 10);
        var senders = Run(connections, (sender, _) =>
        {
            sender.Connect();
            int arrival;
            while ((arrival = Interlocked.Increment(ref next)) < due.Length)
            {
                var moment = start + due[arrival];
                var free = Stopwatch.GetTimestamp();
                if (free > giveUp)
                {
                    sender.Errors["unsent"] = sender.Errors.GetValueOrDefault("unsent") + 1;
                    continue;
                }

                PreciseWait.Until(moment);
                lags[arrival] = Stopwatch.GetTimestamp() - Math.Max(moment, free);
                latencies[arrival] = sender.Send(arrival) ? Stopwatch.GetTimestamp() - moment : -1;
            }
        });
        var good = latencies.Where(ticks => ticks > 0).ToArray();
        return Step("open", senders, good, due.Length, Elapsed(start)) with { TargetRps = rps, LagP99 = Percentiles.Of(lags).P99 };
    }

    /// <summary>Due times in ticks from the start: exponential gaps.</summary>
    internal static long[] Arrivals(double rps, double seconds, int seed)
    {
        var random = new Random(seed);
        var due = new List<long>((int)(rps * seconds * 1.1) + 16);
        for (var time = 0.0; (time -= Math.Log(1 - random.NextDouble()) / rps) < seconds;)
        {
            due.Add(Ticks(time));
        }

        return [.. due];
    }

    private Sender[] Run(int connections, Action<Sender, int> work)
    {
        var senders = Enumerable.Range(0, connections).Select(_ => new Sender(url, requests)).ToArray();
        var threads = senders.Select((sender, index) => new Thread(() => work(sender, index), 256 << 10) { IsBackground = true }).ToArray();
        foreach (var thread in threads)
        {
            thread.Start();
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }

        foreach (var sender in senders)
        {
            sender.Dispose();
        }

        return senders;
    }

    private static LoadStep Step(string loop, Sender[] senders, long[] latencies, int sent, double elapsed) => new()
    {
        Loop = loop,
        Connections = senders.Length,
        Rps = latencies.Length / elapsed,
        Requests = sent,
        Errors = senders.SelectMany(sender => sender.Errors).GroupBy(error => error.Key).ToDictionary(group => group.Key, group => group.Sum(error => error.Value)),
        Latency = Percentiles.Of(latencies),
        FirstFailure = senders.Select(sender => sender.FirstFailure).FirstOrDefault(failure => failure is not null),
    };

    private static long Ticks(double seconds) => (long)(seconds * Stopwatch.Frequency);

    private static double Elapsed(long start) => Stopwatch.GetElapsedTime(start).TotalSeconds;
}
