using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RecServe.Api.Events;
using RecServe.Api.FeatureRows;
using RecServe.Api.Models;
using RecServe.Api.Rank;
using RecServe.Api.Telemetry;

namespace RecServe.Api.Shadow;

/// <summary>
/// Scores a share of the live requests once more with another version of the same lineage, such as the package that a compressed one was made from, and tells
/// how far the two are apart. A request gives a copy of its body and its logits away and never waits: what does not fit into the queue is dropped and
/// counted. One request at a time is scored, with pauses that keep the work under a share of one core.
/// </summary>
internal sealed class ShadowSampler : BackgroundService
{
    /// <summary>Longer requests are left out: with the queue's length this bounds its memory.</summary>
    public const int MostBodyBytes = 256 << 10;

    private readonly ServingOptions _options;
    private readonly NodeEvents _events;
    private readonly ModelRegistry _registry;
    private readonly NodeFeatures _features;
    private readonly TimeProvider _time;
    private readonly ILogger<ShadowSampler> _log;
    private readonly Channel<ShadowSample>? _queue;
    private readonly ConcurrentDictionary<string, ShadowDrift> _drifts = new(StringComparer.Ordinal);
    private readonly Counter<long>? _requests;
    private ulong _seen;

    /// <summary>Adds the metrics, where a shadow is asked for.</summary>
    /// <exception cref="ServingException">The shadow's version is not served.</exception>
    public ShadowSampler(ServingOptions options, ModelRegistry registry, NodeFeatures features, NodeEvents events, ServingMetrics metrics, TimeProvider time, ILogger<ShadowSampler> log)
    {
        (_options, _registry, _features, _events, _time, _log) = (options, registry, features, events, time, log);
        if (options.Shadow is not { } shadow)
            return;
        if (!shadow.Contains('@', StringComparison.Ordinal))
            throw new ServingException($"the shadow '{shadow}' names no version; write it as name@version");
        if (registry.Current.Find(shadow, out _) is { } problem)
            throw new ServingException($"the shadow '{shadow}' cannot be used: {problem.Detail}");
        _queue = Channel.CreateBounded<ShadowSample>(new BoundedChannelOptions(options.ShadowQueue) { SingleReader = true });
        Meter meter = metrics.Meter;
        _requests = meter.CreateCounter<long>("recserve_shadow_requests_total", null, "Requests chosen to be scored by the shadow too, by what came of it.");
        meter.CreateObservableGauge("recserve_shadow_logit_difference", Differences, null, "Absolute difference of the logits of the version that answered and the shadow, over recent candidates.");
        meter.CreateObservableGauge("recserve_shadow_rank_correlation", () => Gauge(figures => figures.RankCorrelation), null, "Spearman's rank correlation of both versions' scores, mean over recent requests.");
        meter.CreateObservableGauge("recserve_shadow_top_k_overlap", () => Gauge(figures => figures.TopOverlap), null, "Share of the returned items that the shadow would have returned too, mean over recent requests.");
    }

    /// <summary>A copy of the request if it is chosen; null for nearly all, and always without a shadow.</summary>
    public ShadowSample? Take(ReadOnlySpan<byte> body)
    {
        if (_queue is null || Mixed(Interlocked.Increment(ref _seen)) % 100 >= (ulong)_options.ShadowPercent)
            return null;
        if (body.Length <= MostBodyBytes && _queue.Reader.Count < _options.ShadowQueue)
            return new ShadowSample(body.ToArray());
        Count(body.Length > MostBodyBytes ? "too_long" : "queue_full");
        return null;
    }

    /// <summary>Queues a chosen request that was answered.</summary>
    public void Offer(ShadowSample sample, in RankResult ranking, bool[] off)
    {
        if (_registry.Current.Find(_options.Shadow!, out ServingModel? shadow) is not null || shadow!.Lineage != ranking.Model.Lineage)
            Count(shadow is null ? "no_shadow" : "other_lineage");
        else if (shadow != ranking.Model && ranking.Top.Length > 0)
        {
            IReadOnlyList<string> names = ranking.Model.FieldNames;
            sample.Answer(ranking.Model.Label, ranking.Logits, ranking.Top.Length, off.AsSpan(0, names.Count).Contains(true) ? [.. names.Where((_, field) => off[field])] : []);
            if (!_queue!.Writer.TryWrite(sample))
                Count("queue_full");
        }
    }

    /// <summary>How long to rest after work, so that work is at most a share of all time.</summary>
    public static TimeSpan RestAfter(TimeSpan work, int percent) => work * ((100.0 - percent) / percent);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_queue is null)
            return;
        using var scorer = new ShadowScorer(_options, _features.Store, _events);
        await foreach (ShadowSample sample in _queue.Reader.ReadAllAsync(stoppingToken))
        {
            long start = _time.GetTimestamp();
            Score(sample, scorer);
            await Task.Delay(RestAfter(_time.GetElapsedTime(start), _options.ShadowCpuPercent), _time, stoppingToken);
        }
    }

    private void Score(ShadowSample sample, ShadowScorer scorer)
    {
        try
        {
            if (_registry.Current.Find(_options.Shadow!, out ServingModel? shadow) is not null)
                Count("no_shadow");
            else if (scorer.Score(sample, shadow!) is not { } logits)
                Count("refused");
            else
            {
                _drifts.GetOrAdd(sample.Served, static _ => new ShadowDrift()).Add(sample.Logits, logits, sample.Top);
                Count("scored");
            }
        }
        catch (Exception failure)
        {
            // A shadow is never worth the server: whatever goes wrong with it is told and counted.
            _log.ShadowFailed(_options.Shadow!, failure.Message);
            Count("failed");
        }
    }

    private void Count(string result) => _requests!.Add(1, new("shadow", _options.Shadow), new("result", result));

    private IEnumerable<Measurement<double>> Differences()
    {
        foreach ((string served, ShadowFigures figures) in Figures())
        {
            yield return new Measurement<double>(figures.MeanDifference, new("model", served), new("shadow", _options.Shadow), new("statistic", "mean"));
            yield return new Measurement<double>(figures.P99Difference, new("model", served), new("shadow", _options.Shadow), new("statistic", "p99"));
        }
    }

    private IEnumerable<Measurement<double>> Gauge(Func<ShadowFigures, double> figure) =>
        Figures().Where(entry => !double.IsNaN(figure(entry.Figures)))
            .Select(entry => new Measurement<double>(figure(entry.Figures), new("model", entry.Served), new("shadow", _options.Shadow)));

    /// <summary>Figures of the versions that are still served; the others' are forgotten.</summary>
    private IEnumerable<(string Served, ShadowFigures Figures)> Figures()
    {
        ModelSet models = _registry.Current;
        foreach ((string served, ShadowDrift drift) in _drifts)
        {
            if (models.Find(served, out _) is not null)
                _drifts.TryRemove(served, out _);
            else if (drift.Read() is { } figures)
                yield return (served, figures);
        }
    }

    /// <summary>SplitMix64 (Steele, Lea, Flood 2014): a share of the requests without a period that traffic may have too.</summary>
    private static ulong Mixed(ulong number)
    {
        ulong z = number * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
