using System.Text;
using Microsoft.Extensions.Hosting;
using RecServe.Api.Telemetry;
using RecServe.Api.Updates;
using RecServe.Stream;

namespace RecServe.Api.Experiments;

/// <summary>
/// How definitions of experiments reach this server: by their topic where Kafka is configured, so that every replica follows them; else from a log in process memory that only the HTTP endpoint
/// writes to. What was last known lies beside the store, for a start without Kafka.
/// </summary>
internal sealed class NodeExperiments : IHostedService, IDisposable
{
    private readonly ServingOptions _options;
    private readonly TimeProvider _time;
    private readonly MemoryLog? _log;
    private readonly KafkaPublisher? _publisher;
    private long _started;
    private volatile bool _isSettled;
    private bool _disposed;

    /// <summary>Puts what the last run knew in force.</summary>
    /// <exception cref="ServingException">An option cannot be followed; the message says why.</exception>
    public NodeExperiments(ServingOptions options, ExperimentSet experiments, NodeUpdates updates, ServingMetrics metrics, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _started = time.GetTimestamp();
        string? file = options.StoreDirectory is { } store ? Path.Combine(store, LastExperiments.FileName) : null;
        try
        {
            IUpdateSource source;
            if (options.Kafka is { } servers)
            {
                var kafka = new KafkaOptions { Servers = servers };
                source = new KafkaSource(kafka, options.ExperimentsTopic);
                _publisher = new KafkaPublisher(kafka, options.ExperimentsTopic);
            }
            else
            {
                _log = new MemoryLog(firstOffset: FirstOffset(file));
                source = _log.Reader(options.ExperimentsTopic);
            }

            Consumer = new ExperimentConsumer(source, experiments, updates.Quarantine, new ExperimentConsumerOptions { StateFile = file, IsWhole = _log is null }, time);
        }
        catch (Exception failure) when (failure is InvalidOperationException or ArgumentException)
        {
            throw new ServingException(failure.Message, failure);
        }

        metrics.Meter.CreateObservableGauge("recserve_experiment_definitions", () => Consumer.Measure().Definitions, null, "Definitions of experiments in force that came while serving, beside those of the file.");
        metrics.Meter.CreateObservableGauge("recserve_experiments_lag", () => Consumer.Measure().Lag, null, "Messages in the topic of experiments that are not applied yet.");
        metrics.Meter.CreateObservableCounter("recserve_experiment_messages_total", Messages, null, "Definitions of experiments that came, by what became of them.");
    }

    /// <summary>The topic's reader.</summary>
    public ExperimentConsumer Consumer { get; }

    /// <summary>Where definitions come from: <c>kafka</c> or <c>http</c>.</summary>
    public string Source => _publisher is null ? "http" : "kafka";

    /// <summary>How the topic stands: <c>local</c> where there is none, else what <see cref="ExperimentTopicSnapshot.State"/> says.</summary>
    public string StateOf(ExperimentTopicSnapshot now) => _publisher is null && now.State != "failed" ? "local" : now.State;

    /// <summary>Whether all is well: what is in force is what the topic says, or there is nothing that it could say.</summary>
    public bool IsWell(ExperimentTopicSnapshot now) => StateOf(now) is "local" or "live" || (now.State == "no_topic" && now.Definitions == 0);

    /// <summary>Whether the topic was read, or was waited for long enough: before, a server is not ready.</summary>
    public bool IsSettled => _isSettled |= _publisher is null || Consumer.IsRead || _time.GetElapsedTime(_started) >= TimeSpan.FromSeconds(_options.ExperimentsWaitSeconds);

    /// <summary>Sends a definition the way that all others come.</summary>
    /// <param name="key">The experiment's.</param>
    /// <param name="definition">The definition; empty where it is removed.</param>
    /// <param name="cancellation">Ends the wait for Kafka.</param>
    /// <returns>The token of the message.</returns>
    /// <exception cref="IOException">Kafka does not take it.</exception>
    /// <exception cref="OperationCanceledException">Kafka did not answer in time.</exception>
    public async Task<FreshnessToken> PublishAsync(string key, ReadOnlyMemory<byte> definition, CancellationToken cancellation)
    {
        if (_publisher is not null)
        {
            (int partition, long offset) = await _publisher.PublishAsync(Encoding.UTF8.GetBytes(key), definition.IsEmpty ? null : definition.ToArray(), cancellation).ConfigureAwait(false);
            return new FreshnessToken(FreshnessToken.Experiments, partition, offset);
        }

        long local = await _log!.AppendAsync(0, Encoding.UTF8.GetBytes(key), definition, _time.GetUtcNow().ToUnixTimeMilliseconds(), cancellation).ConfigureAwait(false);
        return new FreshnessToken(FreshnessToken.Experiments, 0, local);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _started = _time.GetTimestamp();
        Consumer.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose()
    {
        // The container knows it as a service and as a hosted service, and disposes of both.
        if (_disposed)
            return;
        _disposed = true;
        Consumer.Dispose();
        _publisher?.Dispose();
    }

    private static long FirstOffset(string? file)
    {
        try
        {
            return file is null ? 0 : LastExperiments.Read(file).Positions.GetValueOrDefault(0);
        }
        catch (IOException)
        {
            return 0; // the consumer reads it too, and says what is wrong with it
        }
    }

    private IEnumerable<System.Diagnostics.Metrics.Measurement<long>> Messages()
    {
        ExperimentTopicSnapshot now = Consumer.Measure();
        yield return new(now.Applied, new KeyValuePair<string, object?>("result", "applied"));
        yield return new(now.Refused, new KeyValuePair<string, object?>("result", "refused"));
    }
}
