namespace RecServe.LoadGen;

/// <summary>The order of things: warm up, find the saturation, then the latencies at shares of it.</summary>
internal sealed class LoadRun(LoadOptions options, TextWriter progress)
{
    private static readonly int[] Closed = [1, 16];
    private static readonly int[] PercentsOfSaturation = [25, 50, 70, 90];

    private readonly LoadLoop _loop = new(options.Url, new RankRequests(options));

    /// <summary>Runs everything; null (and the reason on <c>progress</c>) if the server does not answer the warm-up well.</summary>
    public async Task<LoadReport?> RunAsync()
    {
        using var client = new HttpClient();
        var metrics = new ServerMetrics(client, options.Url);
        var steps = new List<LoadStep>();

        var warmup = _loop.Closed(4, options.WarmupSeconds);
        if (warmup.FirstFailure is { } failure)
        {
            await progress.WriteLineAsync($"{options.Url} does not answer well, nothing was measured: {failure}");
            return null;
        }

        await progress.WriteLineAsync(LoadReport.Head);
        foreach (var connections in Closed)
        {
            steps.Add(await MeasureAsync(metrics, () => _loop.Closed(connections, options.Seconds)));
        }

        var saturation = steps.Max(step => step.Rps);
        foreach (var percent in PercentsOfSaturation)
        {
            var rate = saturation * percent / 100;
            steps.Add(await MeasureAsync(metrics, () =>
                _loop.Open(options.Connections, rate, options.Seconds, options.Seed + percent) with { PercentOfSaturation = percent }));
        }

        return new LoadReport(options, steps, saturation);
    }

    private async Task<LoadStep> MeasureAsync(ServerMetrics metrics, Func<LoadStep> apply)
    {
        var before = await metrics.ReadAsync();
        var step = apply();
        var after = await metrics.ReadAsync();
        step = step with
        {
            AllocatedBytesPerRequest = (after.AllocatedBytes - before.AllocatedBytes) / step.Requests,
            CpuMsPerRequest = 1000 * (after.CpuSeconds - before.CpuSeconds) / step.Requests,
        };
        await progress.WriteLineAsync(LoadReport.Row(step));
        return step;
    }
}
