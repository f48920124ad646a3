using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RecServe.Api.Exposures;
using RecServe.Api.Models;
using RecServe.Api.Telemetry;
using RecServe.Api.Updates;
using RecServe.FeatureStore;
using RecServe.Features;
using RecServe.Stream;

namespace RecServe.Api.Events;

/// <summary>
/// What this server knows from events, where a model that it serves has fields computed from them: counted from Kafka where one is configured, else from a log in process memory that feedback over
/// HTTP writes to. What is counted is fixed by the models that are there at the start.
/// </summary>
internal sealed class NodeEvents : IHostedService, IDisposable
{
    /// <summary>Name of the checkpoint in the store's folder.</summary>
    public const string CheckpointFile = "events.checkpoint";

    private readonly ServingOptions _options;
    private readonly TimeProvider _time;
    private readonly ConditionalWeakTable<ServingModel, DerivedField[]> _fields = [];
    private readonly MemoryLog? _log;
    private readonly KafkaEventPublisher? _publisher;
    private readonly EventStore? _store;
    private readonly TopicSender? _queue;
    private bool _disposed;

    /// <summary>Puts it together and goes on from the checkpoint.</summary>
    /// <exception cref="ServingException">An option cannot be followed, or the checkpoint cannot be read.</exception>
    public NodeEvents(ServingOptions options, ModelRegistry registry, NodeUpdates updates, ServingMetrics metrics, TimeProvider time, ILogger<NodeEvents> log)
    {
        (_options, _time) = (options, time);
        DerivedFeature[] features = [.. registry.Current.Models.SelectMany(model => model.Versions).SelectMany(version => version.Extractor.Schema.Fields).Select(field => field.From).OfType<DerivedFeature>()];
        if (features.Length == 0)
        {
            if (options.Kafka is { } topics)
            {
                _queue = OutgoingTopic.Open(options, topics, options.EventsTopic);
                metrics.Meter.CreateObservableCounter("recserve_feedback_dropped_total", () => _queue.Measure().Dropped, null, "Messages of feedback that the topic of events did not get.");
            }

            return;
        }

        var categories = new ServedCategories(registry);
        _store = new EventStore(features, categories.Of, new EventStoreOptions
        {
            Admission = new AdmissionOptions { LatenessMs = options.EventLateSeconds * 1000L, Remembered = options.EventsRemembered },
            Entities = options.EventEntities,
        });
        categories.Fields = _store.Categories;
        string? checkpoint = options.StoreDirectory is { } folder ? Path.Combine(folder, CheckpointFile) : null;
        try
        {
            if (checkpoint is not null && _store.Restore(checkpoint) is { } reason)
                log.EventsFromStart(reason);
            IUpdateSource source;
            if (options.Kafka is { } servers)
            {
                var kafka = new KafkaOptions { Servers = servers, MessageBytes = updates.Limits.MessageBytes };
                source = new KafkaSource(kafka, options.EventsTopic);
                _publisher = new KafkaEventPublisher(kafka, options.EventsTopic);
            }
            else
            {
                // It begins where the one of the process before left off: tokens grow.
                _log = new MemoryLog(firstOffset: _store.NextOf($"memory:{options.EventsTopic}:0") ?? 0);
                source = _log.Reader(options.EventsTopic);
            }

            Consumer = new EventConsumer(source, _store, updates.Quarantine, new EventConsumerOptions
            {
                Limits = updates.Limits,
                CheckpointFile = checkpoint,
                BetweenCheckpoints = TimeSpan.FromSeconds(options.CheckpointSeconds),
            }, time);
        }
        catch (Exception failure) when (failure is InvalidOperationException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ServingException(failure.Message, failure);
        }

        EventGauges.AddTo(metrics.Meter, Consumer, _store);
        updates.Events = this;
    }

    /// <summary>Whether feedback is anything to it: a model counts events, or there is a topic that keeps them.</summary>
    public bool Wants => Consumer is not null || _queue is not null;

    /// <summary>The stream of events; null where no model uses any.</summary>
    public EventConsumer? Consumer { get; }

    /// <summary>How the stream stands: <c>local</c> where there is no Kafka, else what <see cref="EventStreamSnapshot.State"/> says.</summary>
    public string StateOf(EventStreamSnapshot now) => _publisher is null && now.State is "live" or "connecting" or "catching_up" ? "local" : now.State;

    /// <summary>Whether rankings reflect the events that there are, or use none.</summary>
    public bool IsWell => Consumer is null || StateOf(Consumer.Measure()) is "local" or "live";

    /// <summary>Begins a reading at this moment.</summary>
    public EventReading Read() => _store!.Read(_time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>The fields of a version that are computed from events which are counted.</summary>
    public IReadOnlyList<DerivedField> FieldsOf(ServingModel model) => _store is null ? [] : _fields.GetValue(model, Make);

    /// <summary>Sends events to their topic without waiting, where no model counts them; what does not fit is dropped and counted.</summary>
    public void Send(IEnumerable<UserEvent> events)
    {
        foreach (IGrouping<string, UserEvent> keyed in events.GroupBy(UserEventCodec.KeyOf))
        {
            foreach (byte[] message in UserEventCodec.EncodeAll(keyed))
                _queue!.TryAdd(Encoding.UTF8.GetBytes(keyed.Key), message);
        }
    }

    /// <summary>Sends events the way that all others come.</summary>
    /// <returns>The token behind which they are counted.</returns>
    /// <exception cref="IOException">Kafka does not take them.</exception>
    /// <exception cref="OperationCanceledException">Kafka did not answer in time.</exception>
    public async Task<FreshnessToken> PublishAsync(IReadOnlyList<UserEvent> events, CancellationToken cancellation)
    {
        if (_publisher is not null)
            return await _publisher.PublishAsync(events, cancellation).ConfigureAwait(false);
        long offset = 0;
        foreach (byte[] message in UserEventCodec.EncodeAll(events))
            offset = await _log!.AppendAsync(0, default, message, _time.GetUtcNow().ToUnixTimeMilliseconds(), cancellation).ConfigureAwait(false);
        return new FreshnessToken(FreshnessToken.Events, 0, offset);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Consumer?.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(() =>
    {
        Consumer?.Drain();
        _queue?.Drain();
    }, CancellationToken.None);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Consumer?.Dispose();
        _publisher?.Dispose();
        _queue?.Dispose();
        _store?.Dispose();
    }

    private DerivedField[] Make(ServingModel model)
    {
        FeatureExtractor extractor = model.Extractor;
        var fields = new List<DerivedField>();
        for (int field = 0; field < extractor.Encoders.Count; field++)
        {
            // A version that came later may ask for what was not counted from the start: its rows for "no value" answer.
            if (extractor.Encoders[field].Field.From is { } from && _store!.IndexOf(from) is var feature and >= 0)
                fields.Add(new DerivedField(field, feature, from.IsList, extractor.IsItem(field), from.Scope == EventScope.UserCategory ? ItemCategory.Of(extractor, from.Category) : null));
        }

        return [.. fields];
    }
}
