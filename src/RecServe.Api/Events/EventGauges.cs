using System.Diagnostics.Metrics;
using System.Globalization;
using RecServe.FeatureStore;
using RecServe.Features;
using RecServe.Stream;

namespace RecServe.Api.Events;

/// <summary>What comes of events, as metrics.</summary>
internal static class EventGauges
{
    /// <summary>Adds them to a meter.</summary>
    public static void AddTo(Meter meter, EventConsumer consumer, EventStore store)
    {
        meter.CreateObservableCounter("recserve_events_total", () => Results(consumer.Measure()), null, "Events of users, by what became of them.");
        meter.CreateObservableCounter("recserve_events_lost_total", () => consumer.Measure().Lost, null, "Messages of events that the log had deleted before they were counted.");
        meter.CreateObservableGauge("recserve_events_lag", () => Lag(consumer.Measure()), null, "Messages of events that are not counted yet, by partition.");
        meter.CreateObservableGauge("recserve_event_entities", () => store.Entities, null, "Users, items, and pairs of user and category of which something is known from events.");
        meter.CreateObservableCounter("recserve_event_entities_untaken_total", () => store.Untaken, null, "Times that an event was not counted because there were too many users, items or pairs.");
    }

    private static IEnumerable<Measurement<long>> Results(EventStreamSnapshot now)
    {
        foreach ((EventVerdict verdict, long count) in now.Verdicts)
            yield return new Measurement<long>(count, new KeyValuePair<string, object?>("result", verdict.ToString().ToLowerInvariant()));
        yield return new Measurement<long>(now.Refused, new KeyValuePair<string, object?>("result", "refused"));
    }

    private static IEnumerable<Measurement<long>> Lag(EventStreamSnapshot now) =>
        now.Partitions.Select(one => new Measurement<long>(one.Lag, new KeyValuePair<string, object?>("partition", one.Partition.ToString(CultureInfo.InvariantCulture))));
}
