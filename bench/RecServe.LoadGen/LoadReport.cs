using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RecServe.LoadGen;

/// <summary>A whole run: the closed loops, the saturation they found, the open loops at shares of it.</summary>
internal sealed record LoadReport(LoadOptions Options, IReadOnlyList<LoadStep> Steps, double SaturationRps)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>The head of the table that <see cref="Row"/> fills.</summary>
    public static string Head =>
        "loop     conns    %sat   target/s      rps   p50 ms   p99 ms  p99.9 ms   max ms   lag ms  kB/req  cpu ms/req  errors";

    /// <summary>One step as a line of the table.</summary>
    public static string Row(LoadStep step) => string.Create(
        CultureInfo.InvariantCulture,
        $"{step.Loop,-8} {step.Connections,5} {step.PercentOfSaturation,7} {step.TargetRps,10:F0} {step.Rps,8:F0} {step.Latency.P50,8:F2} {step.Latency.P99,8:F2} " +
        $"{step.Latency.P999,9:F2} {step.Latency.Max,8:F2} {step.LagP99,8:F2} {step.AllocatedBytesPerRequest / 1000,7:F1} {step.CpuMsPerRequest,11:F3}  {Describe(step.Errors)}");

    /// <summary>The run as one line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    private static string Describe(IReadOnlyDictionary<string, int> errors) =>
        errors.Count == 0 ? "0" : string.Join(", ", errors.Select(error => $"{error.Value} × {error.Key}"));
}
