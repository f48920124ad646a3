using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RecServe.Api.Models;
using RecServe.Api.Rows;
using RecServe.Api.Telemetry;
using RecServe.Embeddings;
using RecServe.Stream;

namespace RecServe.Api.Updates;

/// <summary>
/// The corridor by which updates reach this server: from Kafka where one is configured, else from a log in process memory that only the HTTP endpoint writes to. Opened after the
/// models are loaded; drained before the last checkpoint.
/// </summary>
internal sealed class NodeUpdates : IHostedService, IDisposable
{
    private const string Local = "local";

    private readonly ServingOptions _options;
    private readonly TimeProvider _time;
    private readonly MemoryLog? _log;
    private readonly KafkaRowPublisher? _publisher;
    private Latest _latest = new(-1, new Freshness(0, null, Local));
    private bool _disposed;

    /// <summary>Puts the corridor together.</summary>
    /// <exception cref="ServingException">An option cannot be followed; the message says why.</exception>
    public NodeUpdates(ServingOptions options, NodeRows rows, ModelRegistry registry, ServingMetrics metrics, TimeProvider time)
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
                var kafka = new KafkaOptions { Servers = servers, RowsTopic = options.RowsTopic, QuarantineTopic = options.QuarantineTopic, MessageBytes = Limits.MessageBytes };
                source = new KafkaSource(kafka);
                _publisher = new KafkaRowPublisher(kafka);
                Quarantine = options.QuarantineFile is null ? new KafkaQuarantine(kafka) : new FileQuarantine(options.QuarantineFile);
            }
            else
            {
                _log = new MemoryLog(firstOffset: stored.GetValueOrDefault($"memory:{options.RowsTopic}:0"));
                source = _log.Reader(options.RowsTopic);
                Quarantine = options.QuarantineFile is null ? new MemoryQuarantine() : new FileQuarantine(options.QuarantineFile);
            }

            var gauges = new UpdateGauges(metrics, () => Consumer!.Measure(), _publisher is null ? "http" : "kafka");
            Consumer = new UpdateConsumer(source, Tables, new UpdateFirewall(Firewall, time), Quarantine, stored,
                new UpdateConsumerOptions { Limits = Limits, Visible = Note }, time);

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

    /// <summary>The corridor.</summary>
    public UpdateConsumer Consumer { get; }

    /// <summary>How old updates were when they became visible.</summary>
    public VisibleTimes VisibleTimes { get; } = new();

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
        string state = _options.Kafka is null && pulse.State is "live" or "connecting" ? Local : pulse.State;
        long stalenessMs = (long)pulse.Staleness.TotalMilliseconds;
        (long messages, Freshness freshness) = _latest;
        if (!exactly && messages == pulse.Messages && freshness.StalenessMs == stalenessMs && freshness.State == state)
            return freshness;
        string? applied = !exactly && messages == pulse.Messages ? freshness.Applied : Applied();
        freshness = new Freshness(stalenessMs, applied, state);
        _latest = new Latest(pulse.Messages, freshness);
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
            (int partition, long offset) = await _publisher.PublishAsync(update, cancellation).ConfigureAwait(false);
            return new FreshnessToken(FreshnessToken.Rows, partition, offset);
        }

        long local = await _log!.AppendAsync(0, default, RowUpdateCodec.Encode(update), _time.GetUtcNow().ToUnixTimeMilliseconds(), cancellation).ConfigureAwait(false);
        return new FreshnessToken(FreshnessToken.Rows, 0, local);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Consumer.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(Consumer.Drain, CancellationToken.None);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Consumer.Dispose();
        Quarantine.Dispose();
        _publisher?.Dispose();
    }

    private string? Applied() => Consumer.Applied.ToString() is { Length: > 0 } applied ? applied : null;

    private sealed record Latest(long Messages, Freshness Freshness);
}
