using System.Diagnostics.Metrics;
using System.Globalization;
using RecServe.Api.Telemetry;
using RecServe.Stream;

namespace RecServe.Api.Updates;

/// <summary>What the corridor does, as metrics. Labels are partitions and reasons, never what a message says.</summary>
internal sealed class UpdateGauges
{
    private readonly Histogram<double> _visible;

    /// <summary>Adds them to the server's meter.</summary>
    public UpdateGauges(ServingMetrics metrics, Func<IReadOnlyList<UpdateSnapshot>> measure, string source)
    {
        Meter meter = metrics.Meter;
        _visible = meter.CreateHistogram<double>("recserve_update_visible_seconds", "s", "Time from the event behind a message of updates until its rows were visible.");
        meter.CreateObservableGauge("recserve_staleness_seconds", () => Staleness(measure(), source), "s", "How old the oldest update may be that is not applied yet.");
        meter.CreateObservableGauge("recserve_stream_lag", () => measure().SelectMany(Lag), null, "Messages in the log that are not applied yet, by partition.");
        meter.CreateObservableCounter("recserve_updates_total", () => measure().SelectMany(Results), null, "Rows of updates, by what became of them; refused ones by reason.");
        meter.CreateObservableCounter("recserve_update_messages_total", () => measure().Sum(now => now.Messages), null, "Messages of updates that were applied or quarantined.");
        meter.CreateObservableCounter("recserve_quarantined_total", () => measure().Sum(now => now.Quarantined), null, "Messages that went to the quarantine, whole or in part.");
        meter.CreateObservableGauge("recserve_update_shards_running", () => measure().Sum(now => now.Shards.Count(shard => shard.State == ShardState.Running)), null, "Partitions whose updates are applied as they come.");
    }

    /// <summary>Notes that a message became visible.</summary>
    public void Visible(TimeSpan time, int rows) => _visible.Record(time.TotalSeconds);

    /// <summary>Rows first, under the name of where they come from; other topics under their own.</summary>
    private static IEnumerable<Measurement<double>> Staleness(IReadOnlyList<UpdateSnapshot> topics, string source) =>
        topics.Select((now, index) => new Measurement<double>(now.Staleness.TotalSeconds, new KeyValuePair<string, object?>("source", index == 0 ? source : $"{source}:{now.Topic}")));

    private static IEnumerable<Measurement<long>> Lag(UpdateSnapshot now) =>
        now.Shards.Select(shard => new Measurement<long>(shard.Lag, new("topic", now.Topic), new("partition", shard.Partition.ToString(CultureInfo.InvariantCulture))));

    private static IEnumerable<Measurement<long>> Results(UpdateSnapshot now)
    {
        yield return Of("applied", now.Applied);
        yield return Of("stale", now.Stale);
        foreach ((RefusalReason reason, long count) in now.Refused)
            yield return Of(RefusalReasons.Of(reason), count);

        Measurement<long> Of(string result, long count) => new(count, new("topic", now.Topic), new("result", result));
    }
}
