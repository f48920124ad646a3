using System.Text.Json;
using System.Text.RegularExpressions;
using RecServe.Api.Events;
using RecServe.Features;
using RecServe.Stream;

namespace RecServe.Api.Updates;

/// <summary>The corridor's state as JSON, for /health/ready and /v1/updates.</summary>
internal static partial class UpdatesJson
{
    private static readonly string[] StateNames = [.. Enum.GetNames<ShardState>().Select(name => Word().Replace(name, "_$0").ToLowerInvariant())];

    /// <summary>Writes its members.</summary>
    /// <param name="json">Inside an object.</param>
    /// <param name="updates">The corridor.</param>
    /// <param name="all">Whether every partition is listed, or only those that do not run.</param>
    public static void Write(Utf8JsonWriter json, NodeUpdates updates, bool all)
    {
        json.WriteString("source"u8, updates.Source);
        if (updates.VisibleTimes.Percentiles() is (double p50, double p99))
        {
            json.WriteStartObject("visible_ms"u8);
            json.WriteNumber("p50"u8, Math.Round(p50, 1));
            json.WriteNumber("p99"u8, Math.Round(p99, 1));
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("visible_ms"u8);
        }

        Write(json, updates.Consumer.Measure(), updates.Freshness().State, all);
        if (updates.Features?.Measure() is { } features)
        {
            json.WriteStartObject("features"u8);
            Write(json, features, updates.IsLoading ? "loading" : features.State, all);
            json.WriteEndObject();
        }

        if (updates.Events?.Consumer is { } events)
            WriteEvents(json, events.Measure(), updates.Events);
    }

    private static void Write(Utf8JsonWriter json, UpdateSnapshot now, string state, bool all)
    {
        json.WriteString("topic"u8, now.Topic);
        json.WriteString("state"u8, state);
        json.WriteString("trouble"u8, now.Trouble);
        json.WriteNumber("staleness_ms"u8, (long)now.Staleness.TotalMilliseconds);
        json.WriteNumber("lag"u8, now.Shards.Sum(shard => shard.Lag));
        json.WriteNumber("messages"u8, now.Messages);
        json.WriteNumber("applied"u8, now.Applied);
        json.WriteNumber("stale"u8, now.Stale);
        json.WriteNumber("quarantined"u8, now.Quarantined);
        json.WriteStartObject("refused"u8);
        foreach ((RefusalReason reason, long count) in now.Refused)
            json.WriteNumber(RefusalReasons.Of(reason), count);
        json.WriteEndObject();
        json.WriteStartArray("shards"u8);
        foreach (ShardSnapshot shard in now.Shards.Where(shard => all || shard.State != ShardState.Running))
        {
            json.WriteStartObject();
            json.WriteNumber("partition"u8, shard.Partition);
            json.WriteString("state"u8, StateNames[(int)shard.State]);
            json.WriteString("detail"u8, shard.Detail);
            json.WriteNumber("applied"u8, shard.Applied);
            json.WriteNumber("lag"u8, shard.Lag);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteEvents(Utf8JsonWriter json, EventStreamSnapshot now, NodeEvents events)
    {
        json.WriteStartObject("events"u8);
        json.WriteString("topic"u8, now.Topic);
        json.WriteString("state"u8, events.StateOf(now));
        json.WriteString("trouble"u8, now.Trouble);
        json.WriteNumber("lag"u8, now.Partitions.Sum(partition => partition.Lag));
        foreach ((EventVerdict verdict, long count) in now.Verdicts)
            json.WriteNumber(verdict.ToString().ToLowerInvariant(), count);
        json.WriteNumber("refused"u8, now.Refused);
        json.WriteNumber("lost"u8, now.Lost);
        json.WriteEndObject();
    }

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Word();
}
