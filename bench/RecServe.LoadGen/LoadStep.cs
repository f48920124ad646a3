namespace RecServe.LoadGen;

/// <summary>What one step of load measured. Times are milliseconds.</summary>
internal sealed record LoadStep
{
    /// <summary><c>closed</c> or <c>open</c>.</summary>
    public required string Loop { get; init; }

    /// <summary>Connections used.</summary>
    public required int Connections { get; init; }

    /// <summary>Open loop: the share of saturation that was aimed at, in percent.</summary>
    public int? PercentOfSaturation { get; init; }

    /// <summary>Open loop: arrivals a second that were aimed at.</summary>
    public double? TargetRps { get; init; }

    /// <summary>Good answers a second.</summary>
    public required double Rps { get; init; }

    /// <summary>Requests, failed ones included.</summary>
    public required int Requests { get; init; }

    /// <summary>Failed requests by kind: a status, or <c>connection</c>.</summary>
    public required IReadOnlyDictionary<string, int> Errors { get; init; }

    /// <summary>Latencies of good answers; of the open loop, from the moment a request was due.</summary>
    public required Percentiles Latency { get; init; }

    /// <summary>Open loop, 99th percentile: how late a free connection sent. The generator's own error.</summary>
    public double? LagP99 { get; init; }

    /// <summary>Bytes that the server's process allocated during the step, over the requests; null where the server does not say.</summary>
    public double? AllocatedBytesPerRequest { get; init; }

    /// <summary>CPU time that the server's process used during the step, over the requests, in milliseconds; null where the server does not say.</summary>
    public double? CpuMsPerRequest { get; init; }

    /// <summary>Body of the first answer that was not a success.</summary>
    public string? FirstFailure { get; init; }
}
