namespace RecServe.Cli.Bench.Updates;

/// <summary>Figures of a server that ranks at a share of its saturation, with and without a stream of updates.</summary>
internal sealed record RankLoadResult
{
    public required int Rate { get; init; }

    /// <summary>Rows a second that became visible while the stream was on.</summary>
    public required double RowsPerS { get; init; }

    /// <summary>Age of an update when it became visible, in the median; the median of the periods.</summary>
    public required double StalenessP50Ms { get; init; }

    /// <summary>The same at the 99th percentile; the highest of the periods.</summary>
    public required double StalenessP99Ms { get; init; }

    /// <summary>99th percentile of a ranking's latency with the stream on over that with it off: the median of the pairs.</summary>
    public required double RankP99Ratio { get; init; }

    /// <summary>The ratio of each pair.</summary>
    public required IReadOnlyList<double> Ratios { get; init; }

    public required double RankP99OnMs { get; init; }

    public required double RankP99OffMs { get; init; }

    /// <summary>How late the client sent its requests, at the 99th percentile; the highest of the periods. It is in the rankings' latencies.</summary>
    public required double ClientLagP99Ms { get; init; }

    public required double RankLoad { get; init; }

    /// <summary>Rankings a second that the server gave to as many connections as it liked, measured before each pair: the median.</summary>
    public required double SaturationRps { get; init; }

    /// <summary>The same before each pair, which asks for <see cref="RankLoad"/> of it.</summary>
    public required IReadOnlyList<double> Saturations { get; init; }

    /// <summary>Rankings a second that were asked for: the median of the pairs.</summary>
    public required double RankRps { get; init; }

    public required int Candidates { get; init; }

    public required double PeriodSeconds { get; init; }

    public required int Cores { get; init; }

    /// <summary>Cores that the server had to itself; 0 where all shared all.</summary>
    public required int ServerCores { get; init; }
}
