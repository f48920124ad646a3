namespace RecServe.Api.Telemetry;

/// <summary>Up to three label names, or the values of one series; null where there is no such label.</summary>
internal readonly record struct MetricLabels(string? First, string? Second, string? Third)
{
    /// <summary>The names of a measurement's tags.</summary>
    public static MetricLabels Names(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        new(tags.Length > 0 ? tags[0].Key : null, tags.Length > 1 ? tags[1].Key : null, tags.Length > 2 ? tags[2].Key : null);

    /// <summary>The values of a measurement's tags.</summary>
    public static MetricLabels Values(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        new(tags.Length > 0 ? tags[0].Value as string : null, tags.Length > 1 ? tags[1].Value as string : null, tags.Length > 2 ? tags[2].Value as string : null);
}
