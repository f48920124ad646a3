using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RecServe.Api.Events;
using RecServe.Api.FeatureRows;
using RecServe.Api.Models;
using RecServe.Api.Rank;
using RecServe.Api.Rows;
using RecServe.Api.Telemetry;
using RecServe.Embeddings;
using RecServe.FeatureStore;
using RecServe.Stream;

namespace RecServe.Api.Updates;

/// <summary>
/// The corridors by which updates reach this server: rows from Kafka where one is configured, else from a log in process memory that only the HTTP endpoint writes to; features from
/// Kafka. Opened after the models are loaded; drained before the last checkpoint.
/// </summary>
internal sealed class NodeUpdates : IHostedService, IDisposable
{
    private const string Local = "local";

    // Long enough for a broker that is there to say what its topic of features holds; one that is not there must not keep the server from ranking.
    private static readonly TimeSpan LongestFirstLook = TimeSpan.FromSeconds(2);

    private readonly ServingOptions _options;
    private readonly TimeProvider _time;
    private readonly MemoryLog? _log;
    private readonly KafkaPublisher? _publisher, _featurePublisher;
    private Latest _latest = new(-1, new Freshness(0, null, Local));
    private bool _disposed;

    /// <summary>Puts the corridor together.</summary>
    /// <exception cref="ServingException">An option cannot be followed; the message says why.</exception>
    public NodeUpdates(ServingOptions options, NodeRows rows, NodeFeatures features, ModelRegistry registry, RequestScratchPool rankings, ServingMetrics metrics, TimeProvider time)
    {
        (_options, _time) = (options, time);
        Tables = new ServedTables(registry);
        Firewall = new FirewallOptions
        {
            NormJump = options.UpdateNormJump,
            SecondsAhead = options.UpdateSecondsAhead,
            KeyRate = options.UpdateKeyRate,
            ProducerRate = options.UpdateProducerRate,
        };
        Limits = new UpdateLimits { Rows = options.MaxUpdateRows };
        IReadOnlyDictionary<string, long> stored = rows.Store?.Offsets ?? new Dictionary<string, long>();
        try
        {
            IUpdateSource source;
            if (options.Kafka is { } servers)
            {
                var kafka = new KafkaOptions { Servers = servers, RowsTopic = options.RowsTopic, FetchWaitMs = options.RowsFetchWaitMs, QuarantineTopic = options.QuarantineTopic, MessageBytes = Limits.MessageBytes };
                source = new KafkaSource(kafka);
                _publisher = new KafkaPublisher(kafka, options.RowsTopic);
                Quarantine = options.QuarantineFile is null ? new KafkaQuarantine(kafka) : new FileQuarantine(options.QuarantineFile);
            }
            else
            {
                _log = new MemoryLog(firstOffset: stored.GetValueOrDefault($"memory:{options.RowsTopic}:0"));
                source = _log.Reader(options.RowsTopic);
                Quarantine = options.QuarantineFile is null ? new MemoryQuarantine() : new FileQuarantine(options.QuarantineFile);
            }

            var gauges = new UpdateGauges(metrics, () => [.. Consumers!.Select(consumer => consumer.Measure())], _publisher is null ? "http" : "kafka");
            var settings = new UpdateConsumerOptions { Limits = Limits, Visible = Note, IsBusy = () => rankings.IsBusy };
            Consumer = new UpdateConsumer(source, Tables, new UpdateFirewall(Firewall, time), Quarantine, stored, settings, time);
            if (options.Kafka is not null)
            {
                var kafka = new KafkaOptions { Servers = options.Kafka, MessageBytes = Limits.MessageBytes };
                Features = new UpdateConsumer(new KafkaSource(kafka, options.FeaturesTopic), new FeatureUpdates(features.Store, () => features.Schema, Firewall, Limits), Quarantine, stored, settings, time);
                _featurePublisher = new KafkaPublisher(kafka, options.FeaturesTopic);
            }

            Consumers = Features is null ? [Consumer] : [Consumer, Features];

            void Note(TimeSpan age, int count)
            {
                gauges.Visible(age, count);
                VisibleTimes.Add(age);
            }
        }
        catch (Exception failure) when (failure is InvalidOperationException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ServingException(failure.Message, failure);
        }

        rows.Updates = this;
    }

    /// <summary>The corridor of rows.</summary>
    public UpdateConsumer Consumer { get; }

    /// <summary>How old updates were when they became visible.</summary>
    public VisibleTimes VisibleTimes { get; } = new();

    /// <summary>The corridor of features; null where there is no Kafka: they then come over HTTP alone.</summary>
    public UpdateConsumer? Features { get; }

    /// <summary>The events, whose places stand in tokens beside those of updates; set once they are put together, null where no model uses any.</summary>
    public NodeEvents? Events { get; set; }

    /// <summary>The corridors of rows and of features.</summary>
    public IReadOnlyList<UpdateConsumer> Consumers { get; }

    /// <summary>Whether the topic of features is being read for the first time: rankings would lack what it holds.</summary>
    public bool IsLoading => Features is { } features && features.Measure().Shards.Count > 0 && !features.HasCaughtUp;

    /// <summary>Messages that were applied or quarantined.</summary>
    public long Messages => Consumers.Sum(consumer => consumer.Measure().Messages);

    /// <summary>What is applied now, of updates and of events.</summary>
    public FreshnessToken AppliedNow
    {
        get
        {
            FreshnessToken updates = Features is null ? Consumer.Applied : Consumer.Applied.With(Features.Applied);
            return Events?.Consumer is { } events ? updates.With(events.Applied) : updates;
        }
    }

    /// <summary>Whether every message that a token names is applied; one of a topic that this server does not read never is.</summary>
    public bool HasReached(FreshnessToken token) => Consumer.HasReached(token)
        && (Features?.HasReached(token) ?? !token.Names(FreshnessToken.Features))
        && (Events?.Consumer?.HasReached(token) ?? !token.Names(FreshnessToken.Events));

    /// <summary>Waits until every message that a token names is applied, or the time is over.</summary>
    public async Task<bool> WaitAsync(FreshnessToken token, TimeSpan limit, CancellationToken cancellation)
    {
        long start = _time.GetTimestamp();
        foreach (UpdateConsumer consumer in Consumers)
        {
            TimeSpan left = limit - _time.GetElapsedTime(start);
            if (!await consumer.WaitAsync(token, left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellation).ConfigureAwait(false))
                return false;
        }

        TimeSpan rest = limit - _time.GetElapsedTime(start);
        if (Events?.Consumer is { } events && !await events.WaitAsync(token, rest > TimeSpan.Zero ? rest : TimeSpan.Zero, cancellation).ConfigureAwait(false))
            return false;
        return HasReached(token);
    }

    /// <summary>Where refused messages are.</summary>
    public IQuarantine Quarantine { get; }

    /// <summary>Where rows go.</summary>
    public ServedTables Tables { get; }

    /// <summary>What is let in.</summary>
    public FirewallOptions Firewall { get; }

    /// <summary>What a message may be.</summary>
    public UpdateLimits Limits { get; }

    /// <summary>Where updates come from: <c>kafka</c> or <c>http</c>.</summary>
    public string Source => _publisher is null ? "http" : "kafka";

    /// <summary>How fresh rankings are that begin now. Makes something only where it has changed since the last call.</summary>
    /// <param name="exactly">Whether what is applied must be told as of this moment: for a ranking that asked for it.</param>
    public Freshness Freshness(bool exactly = false)
    {
        // The count of messages is read before the offsets: what is remembered under it is that or newer.
        UpdatePulse pulse = Consumer.Pulse();
        long count = pulse.Messages + (Features?.Pulse().Messages ?? 0) + (Events?.Consumer?.Messages ?? 0);
        string state = _options.Kafka is null && pulse.State is "live" or "connecting" ? Local : pulse.State;
        long stalenessMs = (long)pulse.Staleness.TotalMilliseconds;
        (long messages, Freshness freshness) = _latest;
        if (!exactly && messages == count && freshness.StalenessMs == stalenessMs && freshness.State == state)
            return freshness;
        string? applied = !exactly && messages == count ? freshness.Applied : Applied();
        freshness = new Freshness(stalenessMs, applied, state);
        _latest = new Latest(count, freshness);
        return freshness;
    }

    /// <summary>Sends an update the way that all others come: to Kafka, else to this server's own log, where it waits until it is applied.</summary>
    /// <returns>The token of the message.</returns>
    /// <exception cref="IOException">Kafka does not take it.</exception>
    /// <exception cref="OperationCanceledException">Kafka did not answer in time.</exception>
    public async Task<FreshnessToken> PublishAsync(RowUpdate update, CancellationToken cancellation)
    {
        if (_publisher is not null)
        {
            (int partition, long offset) = await _publisher.PublishAsync(RowUpdateCodec.KeyOf(update), RowUpdateCodec.Encode(update), cancellation).ConfigureAwait(false);
            return new FreshnessToken(FreshnessToken.Rows, partition, offset);
        }

        long local = await _log!.AppendAsync(0, default, RowUpdateCodec.Encode(update), _time.GetUtcNow().ToUnixTimeMilliseconds(), cancellation).ConfigureAwait(false);
        return new FreshnessToken(FreshnessToken.Rows, 0, local);
    }

    /// <summary>Sends a feature row to its topic, by which every replica gets it.</summary>
    /// <returns>The token of the message.</returns>
    /// <exception cref="IOException">Kafka does not take it.</exception>
    /// <exception cref="OperationCanceledException">Kafka did not answer in time.</exception>
    public async Task<FreshnessPlace> PublishAsync(FeatureRow row, string releasedBy, CancellationToken cancellation)
    {
        (int partition, long offset) = await _featurePublisher!.PublishAsync(FeatureMessageCodec.KeyOf(row), FeatureMessageCodec.Encode(row, releasedBy), cancellation).ConfigureAwait(false);
        return new FreshnessPlace(FreshnessToken.Features, partition, offset);
    }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (UpdateConsumer consumer in Consumers)
            consumer.Start();
        long start = Stopwatch.GetTimestamp();
        while (Features is { IsBeforeFirstLook: true } && Stopwatch.GetElapsedTime(start) < LongestFirstLook)
            await Task.Delay(10, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(() =>
    {
        foreach (UpdateConsumer consumer in Consumers)
            consumer.Drain();
    }, CancellationToken.None);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        foreach (UpdateConsumer consumer in Consumers)
            consumer.Dispose();
        Quarantine.Dispose();
        _publisher?.Dispose();
        _featurePublisher?.Dispose();
    }

    private string? Applied() => AppliedNow.ToString() is { Length: > 0 } applied ? applied : null;

    private sealed record Latest(long Messages, Freshness Freshness);
}
