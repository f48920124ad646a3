using System.Text.Json;

namespace RecServe.Cli.Demo;

/// <summary>What the server says of the updates that came while the shoppers shopped.</summary>
/// <param name="Messages">Messages that were sent to it.</param>
/// <param name="Applied">Rows that it applied.</param>
/// <param name="Quarantined">Messages that it refused, whole or in part.</param>
/// <param name="State">The corridor's state in a word.</param>
/// <param name="AgeP50Ms">Age of an update when it became visible, in the median.</param>
/// <param name="AgeP99Ms">The same at the 99th percentile.</param>
internal sealed record UpdateOutcome(int Messages, long Applied, long Quarantined, string State, double AgeP50Ms, double AgeP99Ms)
{
    /// <summary>Reads what <c>GET /v1/updates</c> answers.</summary>
    public static UpdateOutcome Of(int messages, JsonElement updates)
    {
        JsonElement ages = updates.GetProperty("visible_ms");
        bool any = ages.ValueKind == JsonValueKind.Object;
        return new UpdateOutcome(messages, updates.GetProperty("applied").GetInt64(), updates.GetProperty("quarantined").GetInt64(), updates.GetProperty("state").GetString()!,
            any ? ages.GetProperty("p50").GetDouble() : double.NaN, any ? ages.GetProperty("p99").GetDouble() : double.NaN);
    }
}
