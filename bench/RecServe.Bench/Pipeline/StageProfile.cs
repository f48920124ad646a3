using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.Json;
using RecServe.Api.Rank;
using RecServe.Api.Telemetry;

namespace RecServe.Bench;

/// <summary>CPU time of every stage of a request, from the server's own stage instrument under a clock that counts the thread's CPU time.</summary>
internal sealed class StageProfile
{
    private readonly Dictionary<string, List<double>> _stages = [];

    /// <summary>Runs requests for some seconds after warming up; one table line a stage, or one line of JSON.</summary>
    public static void Run(SyntheticOptions options, int candidates, double seconds, bool json)
    {
        var clock = new ThreadCpuClock();
        using var server = new BenchServer(options, clock);
        using var scratch = new RequestScratch();
        var bodies = new RequestBodies(options, candidates);
        var profile = new StageProfile();
        profile.Measure(server.Pipeline, bodies, scratch, seconds / 2, clock);
        using MeterListener listener = profile.Listen(server.Service<ServingMetrics>().Meter);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        int requests = profile.Measure(server.Pipeline, bodies, scratch, seconds, clock);
        allocated = (GC.GetAllocatedBytesForCurrentThread() - allocated) / requests;
        Console.WriteLine(json ? profile.Json(options, candidates, requests, allocated) : profile.Table(requests, allocated));
    }

    private MeterListener Listen(Meter meter)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, target) =>
            {
                if (instrument.Meter == meter && instrument is Histogram<double>)
                    target.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) => ListOf((string)tags[1].Value!).Add(value * 1e6));
        listener.Start();
        return listener;
    }

    private int Measure(RankPipeline pipeline, RequestBodies bodies, RequestScratch scratch, double seconds, ThreadCpuClock clock)
    {
        List<double> whole = ListOf("request");
        whole.Clear();
        whole.EnsureCapacity(1 << 16);
        long end = clock.GetTimestamp() + (long)(seconds * 1e9);
        for (long start; (start = clock.GetTimestamp()) < end;)
        {
            byte[] body = bodies.Next(out int length);
            scratch.ResetOutput();
            if (pipeline.Rank(body, 0, length, null, start, scratch) is { } problem)
                throw new InvalidOperationException(problem.Detail);
            whole.Add((clock.GetTimestamp() - start) / 1e3);
        }

        return whole.Count;
    }

    private List<double> ListOf(string stage)
    {
        if (!_stages.TryGetValue(stage, out List<double>? list))
            _stages.Add(stage, list = new List<double>(1 << 16));
        return list;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private string Table(int requests, long allocated) =>
        string.Join('\n', _stages.Select(stage => string.Create(CultureInfo.InvariantCulture, $"{stage.Key,-10} {Median(stage.Value),9:F1} µs")))
        + $"\nallocated  {allocated,9} bytes a request\n{requests} requests; medians of the thread's CPU time";

    private string Json(SyntheticOptions options, int candidates, int requests, long allocated) => JsonSerializer.Serialize(new
    {
        model = options.Model,
        candidates,
        requests,
        allocated_bytes = allocated,
        cpu_us = _stages.ToDictionary(stage => stage.Key, stage => Math.Round(Median(stage.Value), 2)),
    });
}
