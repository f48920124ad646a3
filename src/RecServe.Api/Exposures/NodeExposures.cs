using System.Text.Json;
using Microsoft.Extensions.Hosting;
using RecServe.Api.Experiments;
using RecServe.Api.Rank;
using RecServe.Api.Telemetry;
using RecServe.Stream;

namespace RecServe.Api.Exposures;

/// <summary>
/// Tells of every ranking in a topic of Kafka, where one is configured: what it returned to whom, under which variants. A ranking never waits for it; what does not fit into the queue is dropped and counted.
/// </summary>
internal sealed class NodeExposures : IHostedService, IDisposable
{
    // A message of one huge answer must not stay in memory for each thread.
    private const int MostKeptBytes = 64 << 10;

    [ThreadStatic]
    private static ExposureEncoder? s_encoder;

    private readonly TimeProvider _time;
    private readonly TopicSender? _queue;
    private bool _disposed;

    /// <summary>Opens the queue, where there is Kafka and a topic is named.</summary>
    /// <exception cref="ServingException">The system lacks the client library.</exception>
    public NodeExposures(ServingOptions options, ServingMetrics metrics, TimeProvider time)
    {
        _time = time;
        if (options.Kafka is not { } servers || options.ExposuresTopic.Length == 0)
            return;
        _queue = OutgoingTopic.Open(options, servers, options.ExposuresTopic);
        metrics.ExposuresLost = () => _queue.Measure().Dropped;
        metrics.Meter.CreateObservableCounter("recserve_exposures_written_total", () => _queue.Measure().Written, null, "Rankings that the topic of exposures has.");
        metrics.Meter.CreateObservableGauge("recserve_exposures_waiting", () => _queue.Measure().Waiting, null, "Rankings on their way to the topic of exposures.");
    }

    /// <summary>Queues a ranking, or drops it.</summary>
    public void Append(RankRequest request, in RankResult ranking, ReadOnlySpan<Assignment> assignments)
    {
        if (_queue is null)
            return;
        ExposureEncoder encoder = s_encoder ??= new ExposureEncoder();
        Span<byte> id = stackalloc byte[RankingId.Length];
        ranking.Id.Format(id);
        ReadOnlySpan<byte> user = request.Utf8(request.UserId);
        encoder.Begin(id, user, _time.GetUtcNow().ToUnixTimeMilliseconds(), ranking.Model.Name, ranking.Model.Version);
        foreach (int candidate in ranking.Top)
            encoder.Item(request.Utf8(request.Items[ranking.Candidates[candidate]].Id));
        foreach (Assignment assignment in assignments)
        {
            if (!assignment.Forced)
                encoder.Variant(assignment.Variant.Experiment, assignment.Variant.Key, assignment.Propensity);
        }

        _queue.TryAdd(user.IsEmpty ? id.ToArray() : user.ToArray(), encoder.ToArray());
        if (encoder.Length > MostKeptBytes)
            s_encoder = null;
    }

    /// <summary>Writes how the topic stands as a member of an object; nothing where there is none.</summary>
    public void Write(Utf8JsonWriter json)
    {
        if (_queue?.Measure() is not { } now)
            return;
        json.WriteStartObject("exposures"u8);
        json.WriteString("topic"u8, now.Topic);
        json.WriteString("trouble"u8, now.Trouble);
        json.WriteNumber("written"u8, now.Written);
        json.WriteNumber("waiting"u8, now.Waiting);
        json.WriteNumber("dropped"u8, now.Dropped);
        json.WriteEndObject();
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => _queue is null ? Task.CompletedTask : Task.Run(_queue.Drain, CancellationToken.None);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _queue?.Dispose();
    }
}
