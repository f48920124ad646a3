using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace RecServe.Api.Tests;

/// <summary>Three clients that rank without pause, each time with a new candidate, whose row Redis is asked for.</summary>
internal sealed class RankLoad
{
    private const string Request = """{"user":{"id":"u1"},"context":{"hour":20},"items":[{"id":"i1"},{"id":"i2"},{"id":"i3"},{"id":"stranger"}]}""";

    private readonly TestServer _server;
    private readonly Task[] _clients;
    private int _ranked, _failed, _degraded, _stranger;
    private volatile bool _stop;
    private volatile ConcurrentQueue<double> _milliseconds = [];

    public RankLoad(TestServer server)
    {
        _server = server;
        _clients = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(RankAsync))];
    }

    public int Ranked => Volatile.Read(ref _ranked);

    public int Failed => Volatile.Read(ref _failed);

    /// <summary>Answers that say that Redis was missed.</summary>
    public int Degraded => Volatile.Read(ref _degraded);

    /// <summary>Milliseconds that requests took since the last call, in order of size.</summary>
    public double[] TakeMilliseconds()
    {
        ConcurrentQueue<double> taken = _milliseconds;
        _milliseconds = [];
        return [.. taken.Order()];
    }

    public async Task StopAsync()
    {
        _stop = true;
        await Task.WhenAll(_clients);
    }

    private async Task RankAsync()
    {
        while (!_stop)
        {
            string body = Request.Replace("stranger", $"s{Interlocked.Increment(ref _stranger)}", StringComparison.Ordinal);
            long start = Stopwatch.GetTimestamp();
            (HttpStatusCode status, JsonElement answer) = await _server.PostAsync("/v1/rank", body);
            _milliseconds.Enqueue(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            Interlocked.Increment(ref _ranked);
            if (status != HttpStatusCode.OK)
                Interlocked.Increment(ref _failed);
            else if (answer.GetProperty("quality").GetProperty("degraded").GetString() == "redis")
                Interlocked.Increment(ref _degraded);
        }
    }
}
